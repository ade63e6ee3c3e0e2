package io.tapdeck.web.command;

import io.tapdeck.web.privilege.Account;
import io.tapdeck.web.privilege.ProcessStatus;
import io.tapdeck.web.privilege.SeparatedServer;
import io.tapdeck.web.starter.ProgramLine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Under which account what listens to the network runs, if root starts it. */
final class ServeApart {
  /** The account that is taken where none is named. */
  private static final String USUAL = "tapdeck";

  private static final String ROOT = "root";

  @Option(
      names = "--user",
      paramLabel = "NAME",
      description =
          "If root starts it: the account that the server, recorders and players run under, with no"
              + " privilege but those that recorders and players need; root for none (default:"
              + " "
              + USUAL
              + ", if there is that account).")
  private @Nullable String user;

  @Option(
      names = "--orders",
      hidden = true,
      paramLabel = "SOCKET",
      description = "Where the privileged starter listens that has started this process.")
  private @Nullable Path orders;

  /** What is known of it. */
  sealed interface Choice {
    /** This process only starts another under that account, and what needs privileges. */
    record Apart(Account account) implements Choice {}

    /** This process serves, and has started by that starter what needs privileges. */
    record Served(Path orders) implements Choice {}

    /**
     * This process does everything.
     *
     * @param advice how it would be apart; empty if it need not be
     */
    record Whole(String advice) implements Choice {}
  }

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  ServeApart() {}

  /** Whether somebody has decided it. */
  boolean isNamed() {
    return user != null;
  }

  /**
   * What this process is to do.
   *
   * @throws RefusedException if the account that was named cannot serve
   */
  Choice choose(ProgramLine program, Path data) throws IOException, InterruptedException {
    if (orders != null) {
      return new Choice.Served(orders);
    }
    ProcessStatus own = ProcessStatus.own();
    if (own.user() != 0) {
      if (user != null && !user.equals(System.getProperty("user.name"))) {
        throw new RefusedException("--user: only root can start it for another user");
      }
      return new Choice.Whole("");
    }
    if (ROOT.equals(user)) {
      return new Choice.Whole(
          "it was started with --user root: leave that out, and it needs no privilege to serve");
    }
    String name = user == null ? USUAL : user;
    Optional<Account> account = Account.find(name);
    String obstacle;
    if (account.isEmpty()) {
      obstacle =
          "there is no account '"
              + name
              + "': make it (useradd --system --no-create-home --shell /usr/sbin/nologin "
              + name
              + ") and start it again";
    } else if (!own.canConfine()) {
      obstacle = "root lacks privileges here that it takes to give them up: see capabilities(7)";
    } else {
      obstacle = SeparatedServer.obstacle(account.get(), program, data).orElse("");
    }
    if (obstacle.isEmpty()) {
      return new Choice.Apart(account.orElseThrow());
    }
    if (user != null) {
      throw new RefusedException("--user: " + obstacle);
    }
    return new Choice.Whole(obstacle);
  }
}
