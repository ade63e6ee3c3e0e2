package io.tapdeck.web.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapdeck.web.http.Caller;
import io.tapdeck.web.http.Credential;
import io.tapdeck.web.http.Problem;
import io.tapdeck.web.http.Role;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiTokensTest {
  @TempDir private Path directory;

  private final SettableClock clock = new SettableClock();

  @SuppressWarnings("NullAway.Init") // made before each test
  private Accounts accounts;

  @SuppressWarnings("NullAway.Init") // JUnit sets the directory
  ApiTokensTest() {}

  @BeforeEach
  void open() throws Exception {
    accounts = Accounts.open(directory.resolve("accounts.db"), clock, code -> {});
    for (Role role : List.of(Role.ADMIN, Role.OPERATOR, Role.ANALYST, Role.VIEWER)) {
      assertThat(accounts.users().put(role.word(), role, Optional.of("correct horse"))).isTrue();
    }
  }

  @AfterEach
  void close() {
    accounts.close();
  }

  private ApiTokens.Made make(String user, Role scope) {
    return accounts.apiTokens().make(UUID.randomUUID(), user, "nightly", scope, Optional.empty());
  }

  private Optional<Caller> callerOf(String secret) {
    return accounts.callers().find(new Credential.ApiToken(secret));
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

  @Test
  void itsScopeIsTheMostAndItsUsersRoleToo() throws Exception {
    ApiTokens.Made reads = make("operator", Role.VIEWER);
    assertThat(callerOf(reads.secret()))
        .contains(Caller.withApiToken("operator", Role.VIEWER, "nightly"));
    ApiTokens.Made all = make("operator", Role.ADMIN);
    assertThat(callerOf(all.secret()).map(Caller::role)).contains(Role.OPERATOR);
    assertThat(accounts.users().put("operator", Role.VIEWER, Optional.empty())).isFalse();
    assertThat(callerOf(all.secret()).map(Caller::role)).contains(Role.VIEWER);
  }

  @Test
  void aTokenAndASessionAreNotTakenForEachOther() throws Exception {
    Session session = accounts.signIn("viewer", "correct horse", "::1");
    ApiTokens.Made made = make("viewer", Role.VIEWER);
    assertThat(callerOf(session.token())).isEmpty();
    assertThat(accounts.callers().find(new Credential.Session(made.secret()))).isEmpty();
    assertThat(accounts.callers().find(new Credential.Session(session.token()))).isPresent();
    assertThat(callerOf(made.secret() + "x")).isEmpty();
    assertThat(callerOf("")).isEmpty();
  }

  @Test
  void itEndsWhenItExpiresIsDeletedOrItsUserIs() {
    Instant end = clock.instant().plus(Duration.ofHours(1));
    ApiTokens.Made brief =
        accounts
            .apiTokens()
            .make(UUID.randomUUID(), "viewer", "brief", Role.VIEWER, Optional.of(end));
    assertThat(brief.token().expiresAt()).isEqualTo(end);
    clock.pass(Duration.ofHours(1).minusMillis(1));
    assertThat(callerOf(brief.secret())).isPresent();
    clock.pass(Duration.ofMillis(1));
    assertThat(callerOf(brief.secret())).isEmpty();
    assertThat(accounts.apiTokens().all(Optional.empty())).isEmpty();

    ApiTokens.Made usual = make("viewer", Role.VIEWER);
    assertThat(usual.token().expiresAt()).isEqualTo(clock.instant().plus(Duration.ofDays(90)));
    accounts.apiTokens().delete(usual.token().id(), Optional.of("viewer"));
    assertThat(callerOf(usual.secret())).isEmpty();

    ApiTokens.Made orphan = make("analyst", Role.VIEWER);
    accounts.users().delete("analyst");
    assertThat(callerOf(orphan.secret())).isEmpty();
  }

  @Test
  void eachUserHasTheirOwn() {
    ApiTokens.Made first = make("viewer", Role.VIEWER);
    clock.pass(Duration.ofSeconds(1));
    ApiTokens.Made second = make("operator", Role.VIEWER);
    assertThat(accounts.apiTokens().all(Optional.of("VIEWER"))).containsExactly(first.token());
    assertThat(accounts.apiTokens().all(Optional.empty()))
        .containsExactly(second.token(), first.token());
    assertRefused(
        404,
        "no token",
        () -> {
          accounts.apiTokens().delete(first.token().id(), Optional.of("operator"));
          return 0;
        });
    assertThat(callerOf(first.secret())).isPresent();
    accounts.apiTokens().delete(first.token().id(), Optional.empty());
    assertThat(callerOf(first.secret())).isEmpty();
  }

  @Test
  void itsUseIsOnRecordToTheMinuteAndLookingIsNoUse() {
    ApiTokens.Made made = make("viewer", Role.VIEWER);
    assertThat(made.token().usedAt()).isNull();
    assertThat(accounts.callers().peek(new Credential.ApiToken(made.secret()))).isPresent();
    assertThat(used()).isNull();
    Instant first = clock.instant();
    assertThat(callerOf(made.secret())).isPresent();
    assertThat(used()).isEqualTo(first);
    clock.pass(Duration.ofSeconds(59));
    assertThat(callerOf(made.secret())).isPresent();
    assertThat(used()).isEqualTo(first);
    clock.pass(Duration.ofSeconds(1));
    assertThat(callerOf(made.secret())).isPresent();
    assertThat(used()).isEqualTo(clock.instant());
  }

  private @org.jspecify.annotations.Nullable Instant used() {
    return accounts.apiTokens().all(Optional.empty()).getFirst().usedAt();
  }

  @Test
  void whatCannotBeATokenIsRefused() {
    UUID id = UUID.randomUUID();
    for (String name : List.of("", " ", " a", "a ", "a\nb", "ä", "a".repeat(65))) {
      assertRefused(
          422,
          "name",
          () -> accounts.apiTokens().make(id, "viewer", name, Role.VIEWER, Optional.empty()));
    }
    assertRefused(
        422,
        "scope",
        () -> accounts.apiTokens().make(id, "viewer", "a", Role.NOBODY, Optional.empty()));
    Instant now = clock.instant();
    for (Instant end :
        List.of(now, now.minusSeconds(1), now.plus(Duration.ofDays(366)).plusMillis(1))) {
      assertRefused(
          422,
          "expires",
          () -> accounts.apiTokens().make(id, "viewer", "a", Role.VIEWER, Optional.of(end)));
    }
    assertThat(accounts.apiTokens().all(Optional.empty())).isEmpty();
  }

  @Test
  void theSecretIsToldOnceAndNotKept() throws IOException {
    UUID id = UUID.randomUUID();
    ApiTokens.Made made =
        accounts.apiTokens().make(id, "viewer", "nightly build", Role.VIEWER, Optional.empty());
    assertThat(made.secret()).matches("tapdeck_[A-Za-z0-9_-]{43}");
    assertThat(made.toString()).doesNotContain(made.secret());
    assertRefused(
        409,
        "shown once",
        () -> accounts.apiTokens().make(id, "viewer", "a", Role.VIEWER, Optional.empty()));
    assertThat(Files.readString(directory.resolve("accounts.db"), StandardCharsets.ISO_8859_1))
        .contains("nightly build")
        .doesNotContain(made.secret(), made.secret().substring(8));
  }

  @Test
  void aUserHasSixtyFourAtMost() {
    List<ApiTokens.Made> all = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      all.add(make("viewer", Role.VIEWER));
    }
    assertRefused(409, "at most 64", () -> make("viewer", Role.VIEWER));
    assertThat(callerOf(make("operator", Role.VIEWER).secret())).isPresent();
    accounts.apiTokens().delete(all.getFirst().token().id(), Optional.empty());
    assertThat(callerOf(make("viewer", Role.VIEWER).secret())).isPresent();
    // Those that have expired do not count.
    clock.pass(Duration.ofDays(90));
    assertThat(callerOf(make("viewer", Role.VIEWER).secret())).isPresent();
  }
}
