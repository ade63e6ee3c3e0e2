package io.tapdeck.web.account;

import io.tapdeck.web.http.Caller;
import io.tapdeck.web.http.Role;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jdbi.v3.core.Handle;

/**
 * The sessions of signed-in users. One ends when it is not used for 12 hours, 7 days after it
 * began, when it is signed out, and with its user. Restarts end none.
 */
public final class Sessions {
  private static final Duration IDLE = Duration.ofHours(12);
  private static final Duration TOTAL = Duration.ofDays(7);

  /** A use is written down at most so often. */
  private static final Duration TOUCH = Duration.ofMinutes(1);

  private static final int MOST_OF_A_USER = 32;

  private final AccountDatabase database;
  private final InstantSource clock;

  Sessions(AccountDatabase database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  private record Found(Caller caller, long usedAt) {}

  /**
   * Begins a session of a user who has shown the password.
   *
   * @return nothing if it is not the user's password any more
   */
  Optional<Session> begin(String name, PasswordHash shown) {
    String token = Secrets.make();
    long now = clock.millis();
    return database.with(handle -> {
      removeOld(handle, now);
      int begun =
          handle.execute(
              "INSERT INTO sessions (token_hash, user, created_at, used_at)"
                  + " SELECT ?, name, ?, ? FROM users WHERE name = ? AND password = ?",
              Secrets.hash(token),
              now,
              now,
              name,
              shown.text());
      if (begun == 0) {
        return Optional.empty();
      }
      var _ =
          handle.execute(
              "DELETE FROM sessions WHERE user = ? AND token_hash NOT IN (SELECT token_hash"
                  + " FROM sessions WHERE user = ? ORDER BY created_at DESC, rowid DESC"
                  + " LIMIT "
                  + MOST_OF_A_USER
                  + ")",
              name,
              name);
      return find(handle, token, now).map(found -> new Session(token, found.caller()));
    });
  }

  private static void removeOld(Handle handle, long now) {
    var _ =
        handle.execute(
            "DELETE FROM sessions WHERE created_at <= ? OR used_at <= ?",
            now - TOTAL.toMillis(),
            now - IDLE.toMillis());
  }

  /** Whose session it is, if it goes on; counts as a use of it. */
  public Optional<Caller> find(String token) {
    long now = clock.millis();
    Optional<Found> found = database.with(handle -> find(handle, token, now));
    if (found.isPresent() && now - found.get().usedAt() >= TOUCH.toMillis()) {
      touch(token, now);
    }
    return found.map(Found::caller);
  }

  private void touch(String token, long now) {
    database.note(
        "the use of a session",
        handle ->
            handle.execute(
                "UPDATE sessions SET used_at = ? WHERE token_hash = ?", now, Secrets.hash(token)));
  }

  /** The same, but does not keep it from falling idle. */
  public Optional<Caller> peek(String token) {
    long now = clock.millis();
    return database.with(handle -> find(handle, token, now).map(Found::caller));
  }

  private static Optional<Found> find(Handle handle, String token, long now) {
    return handle
        .createQuery(
            "SELECT name, role, used_at FROM sessions JOIN users ON user = name"
                + " WHERE token_hash = :hash AND sessions.created_at > :begun AND used_at > :used")
        .bind("hash", Secrets.hash(token))
        .bind("begun", now - TOTAL.toMillis())
        .bind("used", now - IDLE.toMillis())
        .map((row, context) ->
            new Found(
                Caller.inSession(
                    row.getString("name"), Role.of(row.getString("role")), csrf(token)),
                row.getLong("used_at")))
        .findOne();
  }

  /** Ends a session, if there is one of the token. */
  public void end(String token) {
    var _ =
        database.with(handle ->
            handle.execute("DELETE FROM sessions WHERE token_hash = ?", Secrets.hash(token)));
  }

  /** Comes of the token, so it need not be kept; leads back to it no more than a hash does. */
  private static String csrf(String token) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(token.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      byte[] code = mac.doFinal("csrf".getBytes(StandardCharsets.US_ASCII));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(code);
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException(missing);
    }
  }
}
