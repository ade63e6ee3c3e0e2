package io.tapdeck.web.api;

import static io.tapdeck.web.api.Refusals.told;

import io.tapdeck.web.account.AuditEntry;
import io.tapdeck.web.account.AuditLog;
import io.tapdeck.web.http.Call;
import io.tapdeck.web.http.Role;
import io.tapdeck.web.http.Route;
import io.tapdeck.web.http.WebServer;
import io.tapdeck.web.job.RunView;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** {@code /recordings/{id}/runs} and {@code /actions}: what became of a recording, and by whom. */
final class HistoryRoutes {
  private static final int MOST_ACTIONS = 200;

  private final Parts parts;
  private final AuditLog audit;

  HistoryRoutes(Parts parts, AuditLog audit) {
    this.parts = parts;
    this.audit = audit;
  }

  /** What somebody did to it; where they were is for admins. */
  record RecordingAction(
      Instant at,
      String user,
      @Nullable String apiToken,
      String method,
      String path,
      String outcome,
      int status) {
    static RecordingAction of(AuditEntry entry) {
      return new RecordingAction(
          entry.at(),
          entry.user(),
          entry.apiToken(),
          entry.method(),
          entry.path(),
          entry.outcome(),
          entry.status());
    }
  }

  List<Route> routes() {
    return List.of(
        Route.get(
            "/recordings/{id}/runs", Role.VIEWER, "Its runs, the latest first", told(this::runs)),
        Route.get(
            "/recordings/{id}/actions",
            Role.OPERATOR,
            "What was done to it, the latest first",
            told(this::actions)));
  }

  private void runs(Call call) {
    UUID id = RecordingRoutes.find(parts, call).id();
    List<RunView> runs = parts.recordings().runs(id);
    call.json(runs.reversed());
  }

  private void actions(Call call) {
    UUID id = RecordingRoutes.find(parts, call).id();
    call.json(
        audit.about(WebServer.API + "/recordings/" + id, MOST_ACTIONS).stream()
            .map(RecordingAction::of)
            .toList());
  }
}
