package io.tapdeck.web.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapdeck.web.http.Caller;
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
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
    return accounts.setUp(codes.getLast(), "anna", PASSWORD);
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
            PASSWORD);
    assertThat(session.caller().role()).isEqualTo(Role.ADMIN);
    assertThat(userOf(session)).contains("anna");
    assertThat(accounts.needSetup()).isFalse();
    assertRefused(409, "already", () -> accounts.setUp(codes.getFirst(), "otto", PASSWORD));
    reopen();
    assertThat(codes).hasSize(1);
    assertRefused(409, "already", () -> accounts.setUp(codes.getFirst(), "otto", PASSWORD));
    assertThat(accounts.users().all()).hasSize(1);
  }

  @Test
  void fiveWrongCodesUseTheCodeUp() throws Exception {
    for (int i = 1; i <= 4; i++) {
      assertRefused(403, "wrong: see", () -> accounts.setUp("wrong", "anna", PASSWORD));
    }
    assertThat(codes).hasSize(1);
    assertRefused(403, "a new one", () -> accounts.setUp("wrong", "anna", PASSWORD));
    assertThat(codes).hasSize(2).doesNotHaveDuplicates();
    assertRefused(403, "wrong", () -> accounts.setUp(codes.getFirst(), "anna", PASSWORD));
    assertThat(accounts.needSetup()).isTrue();
    assertThat(accounts.setUp(codes.getLast(), "anna", PASSWORD).caller().user()).isEqualTo("anna");
  }

  @Test
  void codesAreSlowedToo() throws Exception {
    for (int i = 0; i < 30; i++) {
      assertRefused(403, "wrong", () -> accounts.setUp("wrong", "anna", PASSWORD));
    }
    assertRefused(429, "too many", () -> accounts.setUp(codes.getLast(), "anna", PASSWORD));
    clock.pass(Duration.ofSeconds(2));
    assertThat(setUp().caller().user()).isEqualTo("anna");
  }

  @Test
  void aCodeIsGoodUntilAUserIsMadeWithIt() throws Exception {
    assertRefused(422, "characters", () -> accounts.setUp(codes.getFirst(), "anna", "short"));
    assertRefused(422, "name", () -> accounts.setUp(codes.getFirst(), "../anna", PASSWORD));
    assertThat(setUp().caller().user()).isEqualTo("anna");
    assertThat(codes).hasSize(1);
  }

  @Test
  void ofManyAtOnceWithTheRightCodeOneIsTheFirst() throws Exception {
    List<Future<Session>> attempts = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 8; i++) {
        String name = "user" + i;
        attempts.add(threads.submit(() -> accounts.setUp(codes.getFirst(), name, PASSWORD)));
      }
    }
    assertThat(attempts.stream().filter(one -> one.state() == Future.State.SUCCESS)).hasSize(1);
    assertThat(accounts.users().all()).hasSize(1);
  }

  @Test
  void anUnknownUserAndAWrongPasswordAreToldAlike() throws Exception {
    var _ = setUp();
    assertRefused(401, "the user or the password is wrong", () -> accounts.signIn("anna", "x"));
    assertRefused(401, "the user or the password is wrong", () -> accounts.signIn("nobody", "x"));
    assertRefused(401, "the user or the password is wrong", () -> accounts.signIn("", PASSWORD));
    assertThat(accounts.signIn("ANNA", PASSWORD).caller().user()).isEqualTo("anna");
  }

  @Test
  void guessesAreSlowedAlsoForTheRightPassword() throws Exception {
    var _ = setUp();
    for (String name : List.of("anna", "Anna", "ANNA")) {
      assertRefused(401, "wrong", () -> accounts.signIn(name, "wrong password"));
    }
    assertRefused(429, "wait", () -> accounts.signIn("anna", PASSWORD));
    clock.pass(Duration.ofSeconds(1));
    assertThat(accounts.signIn("anna", PASSWORD).caller().user()).isEqualTo("anna");
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
    Session second = accounts.signIn("anna", PASSWORD);
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
      sessions.add(accounts.signIn("anna", PASSWORD));
    }
    assertThat(userOf(sessions.getFirst())).isEmpty();
    assertThat(userOf(sessions.get(1))).contains("anna");
    assertThat(userOf(sessions.getLast())).contains("anna");
  }

  @Test
  void aChangedPasswordEndsTheOtherSessions() throws Exception {
    Session here = setUp();
    Session there = accounts.signIn("anna", PASSWORD);
    String token = here.token();
    assertRefused(
        422,
        "current password is wrong",
        () -> {
          accounts.changePassword("anna", "not the one", "battery staple", token);
          return "";
        });
    assertRefused(
        422,
        "10 to 1024",
        () -> {
          accounts.changePassword("anna", PASSWORD, "short", token);
          return "";
        });
    assertThat(userOf(there)).contains("anna");
    accounts.changePassword("anna", PASSWORD, "battery staple", token);
    assertThat(userOf(here)).contains("anna");
    assertThat(userOf(there)).isEmpty();
    assertRefused(401, "wrong", () -> accounts.signIn("anna", PASSWORD));
    assertThat(accounts.signIn("anna", "battery staple").caller().user()).isEqualTo("anna");
  }

  @Test
  void aChangedRoleIsHeldAtOnceAndARemovedUserIsOut() throws Exception {
    var _ = setUp();
    assertThat(accounts.users().put("otto", Role.VIEWER, Optional.of(PASSWORD))).isTrue();
    Session session = accounts.signIn("otto", PASSWORD);
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
    Session session = accounts.signIn("otto", PASSWORD);
    var _ = accounts.users().put("otto", Role.VIEWER, Optional.of("battery staple"));
    assertThat(userOf(session)).isEmpty();
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

  @Test
  void writesAreOnRecordAndTheLatestHundredThousandAreKept() throws Exception {
    accounts.audit().wrote("anna", Method.PUT, "/api/v1/users/otto", 201);
    try (Connection database = database();
        Statement statement = database.createStatement()) {
      try (ResultSet row =
          statement.executeQuery("SELECT at, user, method, path, status FROM audit")) {
        assertThat(row.next()).isTrue();
        assertThat(row.getLong("at")).isEqualTo(clock.millis());
        assertThat(row.getString("user")).isEqualTo("anna");
        assertThat(row.getString("method")).isEqualTo("PUT");
        assertThat(row.getString("path")).isEqualTo("/api/v1/users/otto");
        assertThat(row.getInt("status")).isEqualTo(201);
        assertThat(row.next()).isFalse();
      }
      int moved = statement.executeUpdate("UPDATE audit SET id = id + 100000");
      assertThat(moved).isEqualTo(1);
      int old = statement.executeUpdate("INSERT INTO audit VALUES (1, 0, 'old', 'PUT', '/', 200)");
      assertThat(old).isEqualTo(1);
    }
    accounts.audit().wrote("otto", Method.DELETE, "/api/v1/users/anna", 403);
    try (Connection database = database();
        Statement statement = database.createStatement();
        ResultSet row = statement.executeQuery("SELECT user FROM audit ORDER BY id")) {
      List<String> users = new ArrayList<>();
      while (row.next()) {
        users.add(row.getString(1));
      }
      assertThat(users).containsExactly("anna", "otto");
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
        .hasMessageContaining("it is of version 99, and this Tapdeck knows version 1");
    Path broken =
        Files.writeString(directory.resolve("broken.db"), "This is no database. ".repeat(99));
    assertThatThrownBy(() -> Accounts.open(broken, clock, codes::add))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot use " + broken);
  }
}
