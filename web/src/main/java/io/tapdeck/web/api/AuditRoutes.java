package io.tapdeck.web.api;

import io.tapdeck.web.account.AuditEntry;
import io.tapdeck.web.account.AuditLog;
import io.tapdeck.web.http.Call;
import io.tapdeck.web.http.Problem;
import io.tapdeck.web.http.Role;
import io.tapdeck.web.http.Route;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code /audit}: who did what. */
final class AuditRoutes {
  private static final long MOST_LISTED = 1000;
  private static final long LISTED = 200;

  /** Entries that are read at a time for the export. */
  private static final int PART = 1000;

  private static final String HEADER =
      "id,at,user,apiToken,address,method,path,outcome,status,bytes\r\n";

  /** What a spreadsheet takes for the beginning of a formula. */
  private static final String FORMULA = "=+-@\t\r";

  private final AuditLog audit;

  AuditRoutes(AuditLog audit) {
    this.audit = audit;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/audit", Role.ADMIN, "What was done, the latest first", this::list),
        Route.get("/audit.csv", Role.ADMIN, "All that was done, as a table", this::export)
            .with(Route.Trait.RECORDED));
  }

  private void list(Call call) {
    long limit = call.query("limit", LISTED);
    if (limit < 1 || limit > MOST_LISTED) {
      throw Problem.badRequest("limit is 1 to " + MOST_LISTED);
    }
    call.json(audit.before(call.query("before", Long.MAX_VALUE), (int) limit));
  }

  private void export(Call call) throws IOException {
    call.header("Content-Disposition", "attachment; filename=\"tapdeck-audit.csv\"");
    OutputStream out = call.stream("text/csv; charset=utf-8");
    if (call.headOnly()) {
      return;
    }
    out.write(HEADER.getBytes(StandardCharsets.UTF_8));
    long last = 0;
    boolean more = true;
    // A part that is not full is the last: what is done meanwhile is not run after.
    while (more) {
      List<AuditEntry> part = audit.after(last, PART);
      String lines = part.stream().map(AuditRoutes::line).collect(Collectors.joining());
      out.write(lines.getBytes(StandardCharsets.UTF_8));
      more = part.size() == PART;
      last = part.isEmpty() ? last : part.getLast().id();
    }
    out.flush();
  }

  private static String line(AuditEntry entry) {
    return Stream.of(
            Long.toString(entry.id()),
            entry.at().toString(),
            entry.user(),
            Optional.ofNullable(entry.apiToken()).orElse(""),
            entry.address(),
            entry.method(),
            entry.path(),
            entry.outcome(),
            Integer.toString(entry.status()),
            entry.bytes() == null ? "" : Long.toString(entry.bytes()))
        .map(AuditRoutes::cell)
        .collect(Collectors.joining(",", "", "\r\n"));
  }

  /** As RFC 4180 has it; what would be a formula is text. */
  private static String cell(String text) {
    boolean isFormula = !text.isEmpty() && FORMULA.indexOf(text.charAt(0)) >= 0;
    String plain = isFormula ? "'" + text : text;
    return plain.matches("[^\",\\p{Cntrl}]*") ? plain : '"' + plain.replace("\"", "\"\"") + '"';
  }
}
