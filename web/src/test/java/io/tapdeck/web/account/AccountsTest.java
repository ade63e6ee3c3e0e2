package io.tapdeck.web.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.tapdeck.web.http.Action;
import io.tapdeck.web.http.Caller;
import io.tapdeck.web.http.Credential;
import io.tapdeck.web.http.Method;
import io.tapdeck.web.http.Problem;
import io.tapdeck.web.http.Role;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccountsTest {
  private static final String PASSWORD = "correct horse";
  private static final String ADDRESS = "192.0.2.1";

  @TempDir private Path directory;

  private final SettableClock clock = new SettableClock();
  private final List<String> codes = new ArrayList<>();

  @SuppressWarnings("NullAway.Init") // made before each test
  private Accounts accounts;

  @SuppressWarnings("NullAway.Init") // JUnit sets the directory
  AccountsTest() {}

  @BeforeEach
  void open() throws IOException {
    accounts = Accounts.open(directory.resolve("accounts.db"), clock, codes::add);
    accounts.prepareSetup();
  }

  @AfterEach
  void close() {
    accounts.close();
  }

  private void reopen() throws IOException {
    accounts.close();
    open();
  }

  private Session setUp() throws Exception {
    return accounts.setUp(codes.getLast(), "anna", PASSWORD, ADDRESS);
  }

  private static void assertRefused(int status, String words, Callable<?> attempt) {
    assertThatThrownBy(attempt::call)
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> {
              assertThat(problem.status()).as(problem.detail()).isEqualTo(status);
              assertThat(problem.detail()).contains(words);
            });
  }

  private Optional<String> userOf(Session session) {
    return accounts.sessions().find(session.token()).map(Caller::user);
  }

  @Test
  void theCodeOnTheConsoleMakesOneAdministratorOnce() throws Exception {
    assertThat(codes)
        .singleElement()
        .asString()
        .matches("[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){2}");
    assertThat(accounts.needSetup()).isTrue();
    Session session =
        accounts.setUp(
            " " + codes.getFirst().toLowerCase(java.util.Locale.ROOT).replace('-', ' '),
            "anna",
            PASSWORD,
            ADDRESS);
    assertThat(session.caller().role()).isEqualTo(Role.ADMIN);
    assertThat(userOf(session)).contains("anna");
    assertThat(accounts.needSetup()).isFalse();
    assertRefused(
        409, "already", () -> accounts.setUp(codes.getFirst(), "otto", PASSWORD, ADDRESS));
    reopen();
    assertThat(codes).hasSize(1);
    assertRefused(
        409, "already", () -> accounts.setUp(codes.getFirst(), "otto", PASSWORD, ADDRESS));
    assertThat(accounts.users().all()).hasSize(1);
  }

  @Test
  void fiveWrongCodesUseTheCodeUp() throws Exception {
    for (int i = 1; i <= 4; i++) {
      assertRefused(403, "wrong: see", () -> accounts.setUp("wrong", "anna", PASSWORD, ADDRESS));
    }
    assertThat(codes).hasSize(1);
    assertRefused(403, "a new one", () -> accounts.setUp("wrong", "anna", PASSWORD, ADDRESS));
    assertThat(codes).hasSize(2).doesNotHaveDuplicates();
    assertRefused(403, "wrong", () -> accounts.setUp(codes.getFirst(), "anna", PASSWORD, ADDRESS));
    assertThat(accounts.needSetup()).isTrue();
    assertThat(accounts.setUp(codes.getLast(), "anna", PASSWORD, ADDRESS).caller().user())
        .isEqualTo("anna");
  }

  @Test
  void codesAreSlowedToo() throws Exception {
    for (int i = 0; i < 30; i++) {
      String address = "192.0.2." + i;
      assertRefused(403, "wrong", () -> accounts.setUp("wrong", "anna", PASSWORD, address));
    }
    assertRefused(
        429, "too many", () -> accounts.setUp(codes.getLast(), "anna", PASSWORD, ADDRESS));
    clock.pass(Duration.ofSeconds(2));
    assertThat(setUp().caller().user()).isEqualTo("anna");
  }

  @Test
  void aCodeIsGoodUntilAUserIsMadeWithIt() throws Exception {
    assertRefused(
        422, "characters", () -> accounts.setUp(codes.getFirst(), "anna", "short", ADDRESS));
    assertRefused(
        422, "name", () -> accounts.setUp(codes.getFirst(), "../anna", PASSWORD, ADDRESS));
    assertThat(setUp().caller().user()).isEqualTo("anna");
    assertThat(codes).hasSize(1);
  }

  @Test
  void ofManyAtOnceWithTheRightCodeOneIsTheFirst() throws Exception {
    List<Future<Session>> attempts = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 8; i++) {
        String name = "user" + i;
        attempts.add(
            threads.submit(() -> accounts.setUp(codes.getFirst(), name, PASSWORD, ADDRESS)));
      }
    }
    assertThat(attempts.stream().filter(one -> one.state() == Future.State.SUCCESS)).hasSize(1);
    assertThat(accounts.users().all()).hasSize(1);
  }

  @Test
  void anUnknownUserAndAWrongPasswordAreToldAlike() throws Exception {
    var _ = setUp();
    assertRefused(
        401, "the user or the password is wrong", () -> accounts.signIn("anna", "x", ADDRESS));
    assertRefused(
        401, "the user or the password is wrong", () -> accounts.signIn("nobody", "x", ADDRESS));
    assertRefused(
        401, "the user or the password is wrong", () -> accounts.signIn("", PASSWORD, ADDRESS));
    assertThat(accounts.signIn("ANNA", PASSWORD, ADDRESS).caller().user()).isEqualTo("anna");
  }

  @Test
  void guessesAreSlowedAlsoForTheRightPassword() throws Exception {
    var _ = setUp();
    for (String name : List.of("anna", "Anna", "ANNA")) {
      assertRefused(401, "wrong", () -> accounts.signIn(name, "wrong password", ADDRESS));
    }
    assertRefused(429, "wait", () -> accounts.signIn("anna", PASSWORD, ADDRESS));
    clock.pass(Duration.ofSeconds(1));
    assertThat(accounts.signIn("anna", PASSWORD, ADDRESS).caller().user()).isEqualTo("anna");
  }

  @Test
  void aSessionEndsWhenItIsNotUsedForTwelveHours() throws Exception {
    Session session = setUp();
    for (int i = 0; i < 5; i++) {
      clock.pass(Duration.ofHours(12).minusMillis(1));
      assertThat(userOf(session)).contains("anna");
    }
    clock.pass(Duration.ofHours(12));
    assertThat(userOf(session)).isEmpty();
  }

  @Test
  void aSessionEndsAfterSevenDaysHoweverItIsUsed() throws Exception {
    Session session = setUp();
    for (int hour = 1; hour < 7 * 24; hour++) {
      clock.pass(Duration.ofHours(1));
      assertThat(userOf(session)).as("hour %d", hour).contains("anna");
    }
    clock.pass(Duration.ofHours(1));
    assertThat(userOf(session)).isEmpty();
  }

  @Test
  void lookingAtASessionDoesNotKeepIt() throws Exception {
    Session session = setUp();
    clock.pass(Duration.ofHours(11));
    assertThat(accounts.sessions().peek(session.token())).isPresent();
    clock.pass(Duration.ofHours(1));
    assertThat(accounts.sessions().peek(session.token())).isEmpty();
  }

  @Test
  void sessionsSurviveARestart() throws Exception {
    Session session = setUp();
    reopen();
    assertThat(accounts.sessions().find(session.token())).contains(session.caller());
  }

  @Test
  void signingOutEndsOneSession() throws Exception {
    Session first = setUp();
    Session second = accounts.signIn("anna", PASSWORD, ADDRESS);
    assertThat(second.token()).isNotEqualTo(first.token()).hasSize(43);
    assertThat(second.caller().csrf()).isNotEqualTo(first.caller().csrf());
    accounts.sessions().end(first.token());
    assertThat(userOf(first)).isEmpty();
    assertThat(userOf(second)).contains("anna");
  }

  @Test
  void aUserHasThirtyTwoSessionsAtMost() throws Exception {
    List<Session> sessions = new ArrayList<>(List.of(setUp()));
    for (int i = 0; i < 32; i++) {
      clock.pass(Duration.ofSeconds(1));
      sessions.add(accounts.signIn("anna", PASSWORD, ADDRESS));
    }
    assertThat(userOf(sessions.getFirst())).isEmpty();
    assertThat(userOf(sessions.get(1))).contains("anna");
    assertThat(userOf(sessions.getLast())).contains("anna");
  }

  @Test
  void aChangedPasswordEndsTheSessionsAndRenewsOne() throws Exception {
    Session here = setUp();
    Session there = accounts.signIn("anna", PASSWORD, ADDRESS);
    assertRefused(
        422,
        "current password is wrong",
        () -> accounts.changePassword("anna", "not the one", "battery staple", ADDRESS));
    assertRefused(
        422, "10 to 1024", () -> accounts.changePassword("anna", PASSWORD, "short", ADDRESS));
    assertThat(userOf(here)).contains("anna");
    assertThat(userOf(there)).contains("anna");
    Session renewed = accounts.changePassword("anna", PASSWORD, "battery staple", ADDRESS);
    assertThat(userOf(renewed)).contains("anna");
    assertThat(renewed.caller().csrf()).isNotEqualTo(here.caller().csrf());
    assertThat(userOf(here)).as("who had learnt the token is out").isEmpty();
    assertThat(userOf(there)).isEmpty();
    assertRefused(401, "wrong", () -> accounts.signIn("anna", PASSWORD, ADDRESS));
    assertThat(accounts.signIn("anna", "battery staple", ADDRESS).caller().user())
        .isEqualTo("anna");
  }

  @Test
  void aChangedRoleIsHeldAtOnceAndARemovedUserIsOut() throws Exception {
    var _ = setUp();
    assertThat(accounts.users().put("otto", Role.VIEWER, Optional.of(PASSWORD))).isTrue();
    Session session = accounts.signIn("otto", PASSWORD, ADDRESS);
    assertThat(accounts.users().put("OTTO", Role.OPERATOR, Optional.empty())).isFalse();
    assertThat(accounts.sessions().find(session.token()).map(Caller::role)).contains(Role.OPERATOR);
    accounts.users().delete("otto");
    assertThat(userOf(session)).isEmpty();
    assertThat(accounts.users().all())
        .containsExactly(new User("anna", Role.ADMIN, Instant.parse("2026-01-01T00:00:00Z")));
  }

  @Test
  void aPasswordSetByAnAdministratorEndsTheUsersSessions() throws Exception {
    var _ = setUp();
    var _ = accounts.users().put("otto", Role.VIEWER, Optional.of(PASSWORD));
    Session session = accounts.signIn("otto", PASSWORD, ADDRESS);
    var _ = accounts.users().put("otto", Role.VIEWER, Optional.of("battery staple"));
    assertThat(userOf(session)).isEmpty();
  }

  @Test
  void aPasswordSetByAnAdministratorEndsTheUsersApiTokens() throws Exception {
    var _ = setUp();
    String secret =
        accounts
            .apiTokens()
            .make(UUID.randomUUID(), "anna", "nightly", Role.ADMIN, Optional.empty())
            .secret();
    assertThat(accounts.users().put("anna", Role.ADMIN, Optional.empty())).isFalse();
    assertThat(accounts.callers().find(new Credential.ApiToken(secret))).isPresent();
    assertThat(accounts.users().put("anna", Role.ADMIN, Optional.of("battery staple"))).isFalse();
    assertThat(accounts.callers().find(new Credential.ApiToken(secret))).isEmpty();
  }

  @Test
  void thereIsAlwaysAnAdministrator() throws Exception {
    var _ = setUp();
    assertRefused(
        409,
        "last administrator",
        () -> accounts.users().put("anna", Role.VIEWER, Optional.empty()));
    assertRefused(
        409,
        "last administrator",
        () -> {
          accounts.users().delete("Anna");
          return "";
        });
    var _ = accounts.users().put("otto", Role.ADMIN, Optional.of(PASSWORD));
    assertThat(accounts.users().put("anna", Role.VIEWER, Optional.empty())).isFalse();
  }

  @Test
  void whatCannotBeAUserIsRefused() throws Exception {
    for (String name :
        List.of("", ".", "..", "-x", "a/b", "a b", "a\n", "é", "<b>", "x".repeat(65))) {
      assertRefused(
          422, "name", () -> accounts.users().put(name, Role.VIEWER, Optional.of(PASSWORD)));
    }
    assertRefused(
        422, "role", () -> accounts.users().put("otto", Role.NOBODY, Optional.of(PASSWORD)));
    assertRefused(
        422, "password", () -> accounts.users().put("otto", Role.VIEWER, Optional.empty()));
    assertRefused(
        404,
        "no user",
        () -> {
          accounts.users().delete("otto");
          return "";
        });
    assertThat(accounts.users().all()).isEmpty();
  }

  @Test
  void theFileIsForItsOwnerAloneAndHoldsNoSecret() throws Exception {
    Session session = setUp();
    Path file = directory.resolve("accounts.db");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    String content = Files.readString(file, StandardCharsets.ISO_8859_1);
    assertThat(content)
        .contains("anna", "$argon2id$")
        .doesNotContain(session.token(), session.caller().csrf(), PASSWORD);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
    reopen();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  private static Action action(String user, Method method, String path, int status) {
    return new Action(user, null, "192.0.2.7", method, path, Action.Outcome.DONE, status, null);
  }

  @Test
  void whatIsOnRecordIsNeitherChangedNorDeleted() throws Exception {
    accounts.audit().remember(action("anna", Method.PUT, "/api/v1/users/otto", 201));
    clock.pass(Duration.ofSeconds(1));
    accounts
        .audit()
        .remember(
            new Action(
                "otto",
                "nightly",
                "192.0.2.8",
                Method.GET,
                "/file",
                Action.Outcome.BROKEN_OFF,
                200,
                1L << 40));
    List<AuditEntry> entries =
        List.of(
            new AuditEntry(
                1,
                clock.instant().minusSeconds(1),
                "anna",
                null,
                "192.0.2.7",
                "PUT",
                "/api/v1/users/otto",
                "done",
                201,
                null),
            new AuditEntry(
                2,
                clock.instant(),
                "otto",
                "nightly",
                "192.0.2.8",
                "GET",
                "/file",
                "broken off",
                200,
                1L << 40));
    assertThat(accounts.audit().after(0, 10)).isEqualTo(entries);
    assertThat(accounts.audit().after(1, 10)).isEqualTo(entries.subList(1, 2));
    assertThat(accounts.audit().before(Long.MAX_VALUE, 10)).isEqualTo(entries.reversed());
    assertThat(accounts.audit().before(2, 10)).isEqualTo(entries.subList(0, 1));
    try (Connection database = database();
        Statement statement = database.createStatement()) {
      for (String change :
          List.of(
              "DELETE FROM audit",
              "DELETE FROM audit WHERE id = 1",
              "UPDATE audit SET user = 'eve'",
              "INSERT OR REPLACE INTO audit SELECT id, at, 'eve', api_token, address, method, path,"
                  + " outcome, status, bytes FROM audit")) {
        assertThatThrownBy(() -> statement.executeUpdate(change))
            .as(change)
            .hasMessageContaining("on record");
      }
    }
    reopen();
    assertThat(accounts.audit().after(0, 10)).isEqualTo(entries);
  }

  @Test
  void aFileOfTheVersionBeforeIsTakenOver() throws Exception {
    Path before = directory.resolve("before.db");
    try (Connection database = DriverManager.getConnection("jdbc:sqlite:" + before);
        Statement statement = database.createStatement()) {
      for (String line :
          List.of(
              "CREATE TABLE users (name TEXT PRIMARY KEY COLLATE NOCASE, role TEXT NOT NULL,"
                  + " password TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT",
              "CREATE TABLE sessions (token_hash BLOB PRIMARY KEY, user TEXT NOT NULL COLLATE"
                  + " NOCASE REFERENCES users (name) ON DELETE CASCADE, created_at INTEGER NOT"
                  + " NULL, used_at INTEGER NOT NULL) STRICT",
              "CREATE INDEX sessions_of_user ON sessions (user, created_at)",
              "CREATE TABLE audit (id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, user"
                  + " TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL, status INTEGER NOT"
                  + " NULL) STRICT",
              "INSERT INTO users VALUES ('anna', 'admin', 'x', 5)",
              "INSERT INTO audit VALUES (7, 1000, 'anna', 'PUT', '/a', 201)",
              "INSERT INTO audit VALUES (8, 2000, 'anna', 'PUT', '/b', 404)",
              "INSERT INTO audit VALUES (9, 3000, 'anna', 'PUT', '/c', 500)",
              "PRAGMA user_version = 1")) {
        var _ = statement.executeUpdate(line);
      }
    }
    try (Accounts taken = Accounts.open(before, clock, codes::add)) {
      assertThat(taken.users().all()).extracting(User::name).containsExactly("anna");
      assertThat(taken.audit().after(0, 10))
          .extracting(AuditEntry::id, AuditEntry::outcome, AuditEntry::path)
          .containsExactly(
              tuple(7L, "done", "/a"), tuple(8L, "refused", "/b"), tuple(9L, "failed", "/c"));
      taken.audit().remember(action("anna", Method.PUT, "/d", 200));
      assertThat(taken.audit().after(9, 10)).extracting(AuditEntry::id).containsExactly(10L);
    }
  }

  @Test
  void whatIsOnRecordAboutAThingIsFoundWithoutReadingTheRest() throws Exception {
    for (String path : List.of("/a/X", "/a/x/stop", "/a/x-other", "/a/x0", "/a/y", "/A/x")) {
      accounts.audit().remember(action("anna", Method.PUT, path, 200));
    }
    assertThat(accounts.audit().about("/a/x", 10))
        .extracting(AuditEntry::path)
        .containsExactly("/A/x", "/a/x/stop", "/a/X");
    assertThat(accounts.audit().about("/a/x", 1))
        .extracting(AuditEntry::path)
        .containsExactly("/A/x");
    try (Connection database = database();
        PreparedStatement explain =
            database.prepareStatement("EXPLAIN QUERY PLAN " + AuditLog.ABOUT);
        ResultSet plan = explain.executeQuery()) {
      List<String> steps = new ArrayList<>();
      while (plan.next()) {
        steps.add(plan.getString("detail"));
      }
      assertThat(steps)
          .anyMatch(step -> step.startsWith("SEARCH audit USING INDEX audit_by_path"))
          .noneMatch(step -> step.startsWith("SCAN"));
    }
  }

  private Connection database() throws Exception {
    return DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("accounts.db"));
  }

  @Test
  void aFileThatCannotBeUsedIsToldOf() throws Exception {
    Path newer = directory.resolve("newer.db");
    try (Connection database = DriverManager.getConnection("jdbc:sqlite:" + newer);
        Statement statement = database.createStatement()) {
      assertThat(statement.executeUpdate("PRAGMA user_version = 99")).isZero();
    }
    assertThatThrownBy(() -> Accounts.open(newer, clock, codes::add))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("it is of version 99, and this Tapdeck knows version 4");
    Path broken =
        Files.writeString(directory.resolve("broken.db"), "This is no database. ".repeat(99));
    assertThatThrownBy(() -> Accounts.open(broken, clock, codes::add))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot use " + broken);
  }
}
