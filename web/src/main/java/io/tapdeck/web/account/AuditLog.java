package io.tapdeck.web.account;

import io.tapdeck.web.http.Action;
import io.tapdeck.web.http.ActionLog;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code audit}: who did what, when, from where, and what came of it. It only grows, by
 * about 200 bytes an action; the database itself refuses to change or delete a row.
 */
public final class AuditLog implements ActionLog {
  /** By the index of paths. */
  static final String ABOUT =
      "SELECT * FROM audit WHERE lower(path) >= ? AND lower(path) < ?"
          + " AND (lower(path) = ? OR substr(lower(path), 1, ?) = ?) ORDER BY id DESC LIMIT ?";

  private final AccountDatabase database;
  private final InstantSource clock;

  AuditLog(AccountDatabase database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  @Override
  public void remember(Action action) {
    var _ =
        database.with(handle ->
            handle.execute(
                "INSERT INTO audit (at, user, api_token, address, method, path, outcome, status,"
                    + " bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                clock.millis(),
                action.user(),
                action.apiToken(),
                action.address(),
                action.method().name(),
                action.path(),
                action.outcome().word(),
                action.status(),
                action.bytes()));
  }

  /** The latest before one, the newest first. */
  public List<AuditEntry> before(long id, int most) {
    return select("WHERE id < ? ORDER BY id DESC LIMIT ?", id, most);
  }

  /** The first after one, the oldest first. */
  public List<AuditEntry> after(long id, int most) {
    return select("WHERE id > ? ORDER BY id LIMIT ?", id, most);
  }

  /**
   * The latest on a path, in lower case, and those below it, the newest first. Reads no more than
   * what is on record of those.
   */
  public List<AuditEntry> about(String path, int most) {
    return database.with(handle ->
        handle
            .select(
                ABOUT,
                path,
                // The character after a slash: so all between begins with the path.
                path + "0",
                path,
                path.length() + 1,
                path + "/",
                most)
            .map((row, context) -> entry(row))
            .list());
  }

  private List<AuditEntry> select(String which, long id, int most) {
    return database.with(handle ->
        handle
            .select("SELECT * FROM audit " + which, id, most)
            .map((row, context) -> entry(row))
            .list());
  }

  private static AuditEntry entry(ResultSet row) throws SQLException {
    return new AuditEntry(
        row.getLong("id"),
        Instant.ofEpochMilli(row.getLong("at")),
        row.getString("user"),
        row.getString("api_token"),
        row.getString("address"),
        row.getString("method"),
        row.getString("path"),
        row.getString("outcome"),
        row.getInt("status"),
        bytes(row));
  }

  private static @Nullable Long bytes(ResultSet row) throws SQLException {
    long bytes = row.getLong("bytes");
    return row.wasNull() ? null : bytes;
  }
}
