package io.tapdeck.web.command;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code tapdeck replay-objection}: whether something must not be played to an interface. The
 * privileged starter asks, since a player itself sees neither others' sockets nor switches.
 */
@Command(
    name = "replay-objection",
    hidden = true,
    description = "Prints why nothing must be played to interfaces of this network namespace.",
    footer = {"", "Exit status: 0 nothing speaks against it; 2 something does, and is printed."})
final class ReplayObjection implements Callable<Integer> {
  @Option(
      names = "--interface",
      paramLabel = "IFACE",
      required = true,
      description = "One of them.")
  private List<String> names;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  ReplayObjection() {}

  @Override
  public Integer call() {
    ReplayGuard guard = new ReplayGuard();
    Optional<String> objection =
        names.stream().map(guard::objection).flatMap(Optional::stream).findFirst();
    objection.ifPresent(spec.commandLine().getOut()::println);
    spec.commandLine().getOut().flush();
    return objection.isEmpty() ? ExitStatus.DONE : ExitStatus.REFUSED;
  }
}
