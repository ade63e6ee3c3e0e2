package io.tapdeck.web.account;

import io.tapdeck.web.http.Caller;
import io.tapdeck.web.http.Problem;
import io.tapdeck.web.http.Role;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The API tokens of users. One holds until it expires, is deleted, its user is, or an administrator
 * gives its user another password; a password that the user changes does not end it. It may do what
 * its scope says, and never more than its user may.
 */
public final class ApiTokens {
  /** How long one holds at most. */
  public static final Duration LONGEST = Duration.ofDays(366);

  /** How long one holds if nobody says. */
  public static final Duration USUAL = Duration.ofDays(90);

  /** What each begins with, so that people and scanners see what it is. */
  private static final String PREFIX = "tapdeck_";

  private static final Pattern NAME =
      Pattern.compile("[\\p{Print}&&[^\\s]](?:[\\p{Print}]{0,62}[\\p{Print}&&[^\\s]])?");
  private static final int MOST_OF_A_USER = 64;

  /** A use is written down at most so often. */
  private static final Duration TOUCH = Duration.ofMinutes(1);

  private static final String COLUMNS =
      "SELECT tokens.id, tokens.user, tokens.name, scope, tokens.created_at, expires_at, used_at,"
          + " role FROM tokens JOIN users ON user = users.name ";

  private final AccountDatabase database;
  private final InstantSource clock;

  ApiTokens(AccountDatabase database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  /**
   * A token that has just been made.
   *
   * @param secret for the caller alone; only its hash is kept
   */
  public record Made(ApiToken token, String secret) {
    /** Without the secret. */
    @Override
    public String toString() {
      return "the API token " + token.name();
    }
  }

  private record Found(ApiToken token, Role role) {}

  /**
   * Makes one.
   *
   * @param expiresAt when it ends; {@link #USUAL} from now if that is not said
   * @throws Problem 422 if it cannot be so, 409 if there is one of this id or there are too many
   */
  public Made make(UUID id, String user, String name, Role scope, Optional<Instant> expiresAt) {
    Instant now = Instant.ofEpochMilli(clock.millis());
    Instant end = expiresAt.orElse(now.plus(USUAL));
    if (!NAME.matcher(name).matches()) {
      throw Problem.unprocessable("a token's name has 1 to 64 characters of ASCII, none a control");
    }
    if (scope == Role.NOBODY) {
      throw Problem.unprocessable("a token's scope is viewer, analyst, operator or admin");
    }
    if (!end.isAfter(now) || end.isAfter(now.plus(LONGEST))) {
      throw Problem.unprocessable(
          "a token expires after now, and within " + LONGEST.toDays() + " days");
    }
    String secret = PREFIX + Secrets.make();
    return database.with(handle -> {
      removeExpired(handle, now);
      if (find(handle, "WHERE tokens.id = ?", id.toString()).stream().findAny().isPresent()) {
        throw Problem.conflict(
            "there is a token of this id; its secret was shown once: delete it and make another");
      }
      if (find(handle, "WHERE tokens.user = ?", user).size() >= MOST_OF_A_USER) {
        throw Problem.conflict(
            "a user has at most " + MOST_OF_A_USER + " tokens: delete one first");
      }
      var _ =
          handle.execute(
              "INSERT INTO tokens (id, hash, user, name, scope, created_at, expires_at)"
                  + " VALUES (?, ?, ?, ?, ?, ?, ?)",
              id.toString(),
              Secrets.hash(secret),
              user,
              name,
              scope.word(),
              now.toEpochMilli(),
              end.toEpochMilli());
      Found made = find(handle, "WHERE tokens.id = ?", id.toString()).getFirst();
      return new Made(made.token(), secret);
    });
  }

  private static void removeExpired(Handle handle, Instant now) {
    var _ = handle.execute("DELETE FROM tokens WHERE expires_at <= ?", now.toEpochMilli());
  }

  /** Those that hold, of one user or of all, the newest first. */
  public List<ApiToken> all(Optional<String> user) {
    long now = clock.millis();
    return database.with(handle -> {
      String order = " ORDER BY tokens.created_at DESC, tokens.rowid DESC";
      List<Found> found =
          user.isPresent()
              ? find(handle, "WHERE expires_at > ? AND tokens.user = ?" + order, now, user.get())
              : find(handle, "WHERE expires_at > ?" + order, now);
      return found.stream().map(Found::token).toList();
    });
  }

  /**
   * Ends one.
   *
   * @param user whose it must be; anybody's if empty
   * @throws Problem 404 if there is none
   */
  public void delete(UUID id, Optional<String> user) {
    int deleted =
        database.with(handle ->
            user.isPresent()
                ? handle.execute(
                    "DELETE FROM tokens WHERE id = ? AND user = ?", id.toString(), user.get())
                : handle.execute("DELETE FROM tokens WHERE id = ?", id.toString()));
    if (deleted == 0) {
      throw Problem.notFound("there is no token " + id);
    }
  }

  /** Whose it is, if it holds; counts as a use of it. */
  Optional<Caller> find(String secret) {
    long now = clock.millis();
    Optional<Found> found = look(secret, now);
    found
        .map(Found::token)
        .ifPresent(token -> {
          Instant used = token.usedAt();
          if (used == null || now - used.toEpochMilli() >= TOUCH.toMillis()) {
            database.note(
                "the use of an API token",
                handle ->
                    handle.execute(
                        "UPDATE tokens SET used_at = ? WHERE id = ?", now, token.id().toString()));
          }
        });
    return found.map(ApiTokens::caller);
  }

  /** The same, but does not count as a use. */
  Optional<Caller> peek(String secret) {
    return look(secret, clock.millis()).map(ApiTokens::caller);
  }

  private Optional<Found> look(String secret, long now) {
    return database.with(handle ->
        find(handle, "WHERE hash = ? AND expires_at > ?", Secrets.hash(secret), now).stream()
            .findFirst());
  }

  private static Caller caller(Found found) {
    ApiToken token = found.token();
    return Caller.withApiToken(token.user(), found.role().lesser(token.scope()), token.name());
  }

  private static List<Found> find(Handle handle, String condition, Object... values) {
    return handle
        .select(COLUMNS + condition, values)
        .map((row, context) -> new Found(token(row), Role.of(row.getString("role"))))
        .list();
  }

  private static ApiToken token(ResultSet row) throws SQLException {
    return new ApiToken(
        UUID.fromString(row.getString("id")),
        row.getString("user"),
        row.getString("name"),
        Role.of(row.getString("scope")),
        Instant.ofEpochMilli(row.getLong("created_at")),
        Instant.ofEpochMilli(row.getLong("expires_at")),
        used(row));
  }

  private static @Nullable Instant used(ResultSet row) throws SQLException {
    long at = row.getLong("used_at");
    return row.wasNull() ? null : Instant.ofEpochMilli(at);
  }
}
