package io.tapdeck.web.account;

import io.tapdeck.web.http.Method;
import io.tapdeck.web.http.WriteLog;
import java.time.InstantSource;

/** The table {@code audit}: who changed what and when. It keeps the latest 100,000 writes. */
final class AuditLog implements WriteLog {
  private static final int MOST = 100_000;

  private final AccountDatabase database;
  private final InstantSource clock;

  AuditLog(AccountDatabase database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  @Override
  public void wrote(String user, Method method, String path, int status) {
    var _ =
        database.with(handle -> {
          var _ =
              handle.execute(
                  "INSERT INTO audit (at, user, method, path, status) VALUES (?, ?, ?, ?, ?)",
                  clock.millis(),
                  user,
                  method.name(),
                  path,
                  status);
          return handle.execute(
              "DELETE FROM audit WHERE id <= (SELECT max(id) FROM audit) - " + MOST);
        });
  }
}
