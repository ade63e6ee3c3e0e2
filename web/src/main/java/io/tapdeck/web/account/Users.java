package io.tapdeck.web.account;

import io.tapdeck.web.http.Problem;
import io.tapdeck.web.http.Role;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;

/** The users. Names differ by more than upper and lower case. There is always an administrator. */
public final class Users {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,63}");

  private final AccountDatabase database;
  private final InstantSource clock;

  Users(AccountDatabase database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  /** Whether a name can be a user's. */
  static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /** Whether nobody can sign in yet. */
  public boolean isEmpty() {
    return database.with(handle -> count(handle, "SELECT count(*) FROM users") == 0);
  }

  /** All of them, by name. */
  public List<User> all() {
    return database.with(handle ->
        handle
            .createQuery("SELECT name, role, created_at FROM users ORDER BY name")
            .map((row, context) -> user(row))
            .list());
  }

  private static User user(ResultSet row) throws SQLException {
    return new User(
        row.getString("name"),
        Role.of(row.getString("role")),
        Instant.ofEpochMilli(row.getLong("created_at")));
  }

  /**
   * Makes a user, or changes the role and, if one is given, the password. A new password ends the
   * user's sessions and API tokens: somebody else may have made them.
   *
   * @return whether the user is new
   * @throws Problem if that cannot be
   */
  public boolean put(String name, Role role, Optional<String> password)
      throws InterruptedException {
    check(name, role);
    // Slow, so before the transaction.
    Optional<PasswordHash> hash =
        password.isPresent() ? Optional.of(PasswordHash.of(password.get())) : Optional.empty();
    return database.with(handle -> {
      Optional<Role> before = role(handle, name);
      if (before.isEmpty()) {
        insert(
            handle,
            name,
            role,
            hash.orElseThrow(() -> Problem.unprocessable("a new user needs a password")));
        return true;
      }
      if (role != Role.ADMIN) {
        keepAnAdministrator(handle, before.get());
      }
      var _ = handle.execute("UPDATE users SET role = ? WHERE name = ?", role.word(), name);
      hash.ifPresent(fresh -> replacePassword(handle, name, fresh));
      return false;
    });
  }

  private static void check(String name, Role role) {
    if (!isName(name)) {
      throw Problem.unprocessable(
          "a user's name has 1 to 64 letters, digits and . _ @ -, and begins with a letter or"
              + " digit");
    }
    if (role == Role.NOBODY) {
      throw Problem.unprocessable("a user's role is viewer, analyst, operator or admin");
    }
  }

  /**
   * Makes the first user, an administrator.
   *
   * @throws Problem 409 if there is a user
   */
  void putFirst(String name, String password) throws InterruptedException {
    check(name, Role.ADMIN);
    PasswordHash hash = PasswordHash.of(password);
    int made =
        database.with(handle -> {
          if (count(handle, "SELECT count(*) FROM users") > 0) {
            throw Problem.conflict("the appliance has been set up already: sign in");
          }
          insert(handle, name, Role.ADMIN, hash);
          return 1;
        });
    assert made == 1;
  }

  private void insert(Handle handle, String name, Role role, PasswordHash hash) {
    var _ =
        handle.execute(
            "INSERT INTO users (name, role, password, created_at) VALUES (?, ?, ?, ?)",
            name,
            role.word(),
            hash.text(),
            clock.millis());
  }

  /**
   * Removes a user and ends their sessions.
   *
   * @throws Problem 404 if there is none, 409 if no administrator would be left
   */
  public void delete(String name) {
    var _ =
        database.with(handle -> {
          Role role =
              role(handle, name)
                  .orElseThrow(() -> Problem.notFound("there is no user of this name"));
          keepAnAdministrator(handle, role);
          return handle.execute("DELETE FROM users WHERE name = ?", name);
        });
  }

  /**
   * Replaces a user's own password and ends their sessions.
   *
   * @param before the one that was shown
   * @return the new one as it is kept
   * @throws Problem 422 if the new one cannot be, 409 if another was faster
   */
  PasswordHash replacePassword(String name, PasswordHash before, String fresh)
      throws InterruptedException {
    PasswordHash after = PasswordHash.of(fresh);
    return database.with(handle -> {
      int changed =
          handle.execute(
              "UPDATE users SET password = ? WHERE name = ? AND password = ?",
              after.text(),
              name,
              before.text());
      if (changed == 0) {
        throw Problem.conflict("the password was changed elsewhere meanwhile");
      }
      var _ = handle.execute("DELETE FROM sessions WHERE user = ?", name);
      return after;
    });
  }

  /** The name as it was given to the user who has it. */
  Optional<String> spelling(String name) {
    return database.with(handle ->
        handle.select("SELECT name FROM users WHERE name = ?", name).mapTo(String.class).findOne());
  }

  /** The password of a user, if there is such a user. */
  Optional<PasswordHash> password(String name) {
    return database.with(handle ->
        handle
            .createQuery("SELECT password FROM users WHERE name = :name")
            .bind("name", name)
            .mapTo(String.class)
            .findOne()
            .map(PasswordHash::new));
  }

  private static void replacePassword(Handle handle, String name, PasswordHash hash) {
    var _ = handle.execute("UPDATE users SET password = ? WHERE name = ?", hash.text(), name);
    var _ = handle.execute("DELETE FROM sessions WHERE user = ?", name);
    var _ = handle.execute("DELETE FROM tokens WHERE user = ?", name);
  }

  private static void keepAnAdministrator(Handle handle, Role ofChanged) {
    if (ofChanged == Role.ADMIN
        && count(handle, "SELECT count(*) FROM users WHERE role = 'admin'") == 1) {
      throw Problem.conflict("this is the last administrator: make another one first");
    }
  }

  private static Optional<Role> role(Handle handle, String name) {
    return handle
        .createQuery("SELECT role FROM users WHERE name = :name")
        .bind("name", name)
        .mapTo(String.class)
        .findOne()
        .map(Role::of);
  }

  private static long count(Handle handle, String query) {
    return handle.select(query).mapTo(long.class).one();
  }
}
