package io.tapdeck.web.account;

import io.tapdeck.web.http.Caller;
import io.tapdeck.web.http.Callers;
import io.tapdeck.web.http.Credential;
import io.tapdeck.web.http.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/** The accounts of an appliance: how one gets in. */
public final class Accounts implements AutoCloseable {
  private final AccountDatabase database;
  private final Users users;
  private final Sessions sessions;
  private final ApiTokens apiTokens;
  private final AuditLog audit;
  private final ReplayTargets replayTargets;
  private final SignInThrottle throttle;
  private final SetupCode setupCode;

  private Accounts(AccountDatabase database, InstantSource clock, Consumer<String> console) {
    this.database = database;
    this.users = new Users(database, clock);
    this.sessions = new Sessions(database, clock);
    this.apiTokens = new ApiTokens(database, clock);
    this.audit = new AuditLog(database, clock);
    this.replayTargets = new ReplayTargets(database);
    this.throttle = new SignInThrottle(clock);
    this.setupCode = new SetupCode(console);
  }

  /**
   * Opens the accounts in a file, which is made if it is not there.
   *
   * @param console is told the code for the first user, if there is none, now and when it is
   *     renewed
   * @throws IOException with a sentence, if the file cannot be used
   */
  public static Accounts open(Path file, InstantSource clock, Consumer<String> console)
      throws IOException {
    return new Accounts(AccountDatabase.open(file), clock, console);
  }

  public Users users() {
    return users;
  }

  public Sessions sessions() {
    return sessions;
  }

  public ApiTokens apiTokens() {
    return apiTokens;
  }

  public AuditLog audit() {
    return audit;
  }

  public ReplayTargets replayTargets() {
    return replayTargets;
  }

  /** Knows callers by their sessions and their API tokens. */
  public Callers callers() {
    return new Callers() {
      @Override
      public Optional<Caller> find(Credential credential) {
        return switch (credential) {
          case Credential.Session(String token) -> sessions.find(token);
          case Credential.ApiToken(String secret) -> apiTokens.find(secret);
        };
      }

      @Override
      public Optional<Caller> peek(Credential credential) {
        return switch (credential) {
          case Credential.Session(String token) -> sessions.peek(token);
          case Credential.ApiToken(String secret) -> apiTokens.peek(secret);
        };
      }

      @Override
      public void whenRevoked(Runnable told) {
        database.whenRevoked(told);
      }
    };
  }

  /** The name itself if a user has it, else an empty one: it may be a password, typed amiss. */
  public String known(String name) {
    return users.spelling(name).orElse("");
  }

  /** Whether there is no user yet. */
  public boolean needSetup() {
    return users.isEmpty();
  }

  /** Tells the console a code for the first user, if there is no user yet. */
  public void prepareSetup() {
    if (needSetup()) {
      setupCode.prepare();
    }
  }

  /**
   * Makes the first user, an administrator, and signs them in.
   *
   * @param code from the console
   * @param address where from
   * @throws Problem if the code is wrong, or there is a user
   */
  public Session setUp(String code, String name, String password, String address)
      throws InterruptedException {
    if (!needSetup()) {
      throw Problem.conflict("the appliance has been set up already: sign in");
    }
    SignInThrottle.Attempt attempt = throttle.begin(Optional.empty(), address);
    return setupCode.redeem(
        code,
        () -> {
          attempt.succeeded();
          users.putFirst(name, password);
          return begin(name, password).orElseThrow(Accounts::wrong);
        });
  }

  /**
   * Begins a session.
   *
   * @param address where from
   * @throws Problem 401 if there is no such user or the password is another, in the same words and
   *     time; 429 after too many failures
   */
  public Session signIn(String name, String password, String address) throws InterruptedException {
    SignInThrottle.Attempt attempt = throttle.begin(Optional.of(key(name)), address);
    Session session = begin(name, password).orElseThrow(Accounts::wrong);
    attempt.succeeded();
    return session;
  }

  private Optional<Session> begin(String name, String password) throws InterruptedException {
    Optional<PasswordHash> shown = show(name, password);
    return shown.flatMap(hash -> sessions.begin(name, hash));
  }

  /** The user's password as it is kept, if it is this one. */
  private Optional<PasswordHash> show(String name, String password) throws InterruptedException {
    PasswordHash hash =
        (Users.isName(name) ? users.password(name) : Optional.<PasswordHash>empty())
            .orElseGet(PasswordHash::ofNobody);
    return hash.matches(password) ? Optional.of(hash) : Optional.empty();
  }

  private static Problem wrong() {
    return Problem.unauthorized("the user or the password is wrong");
  }

  /**
   * Changes a user's own password and ends their sessions.
   *
   * @param address where from
   * @return the session that they go on with
   * @throws Problem 422 if the current one is wrong or the new one cannot be, 429 after too many
   *     failures
   */
  public Session changePassword(String name, String current, String fresh, String address)
      throws InterruptedException {
    SignInThrottle.Attempt attempt = throttle.begin(Optional.of(key(name)), address);
    PasswordHash before =
        show(name, current)
            .orElseThrow(() -> Problem.unprocessable("the current password is wrong"));
    attempt.succeeded();
    PasswordHash after = users.replacePassword(name, before, fresh);
    return sessions
        .begin(name, after)
        .orElseThrow(() -> Problem.conflict("the password was changed once more: sign in again"));
  }

  /** What cannot be a name is all the same. */
  private static String key(String name) {
    return Users.isName(name) ? name.toLowerCase(Locale.ROOT) : "";
  }

  @Override
  public void close() {
    database.close();
  }
}
