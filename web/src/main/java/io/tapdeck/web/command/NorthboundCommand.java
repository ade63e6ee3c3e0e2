package io.tapdeck.web.command;

import io.tapdeck.provisioner.northbound.NorthboundServer;
import io.tapdeck.provisioner.northbound.Refusal;
import io.tapdeck.web.privilege.AsOwner;
import io.tapdeck.web.starter.ProgramLine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tapdeck northbound}. */
@Command(name = "northbound", description = "Starts and stops the northbound server.")
final class NorthboundCommand implements Runnable {
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  NorthboundCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "give start or stop");
  }

  @Command(
      name = "start",
      description = "Starts the server unless it runs, and prints its address once it answers.")
  int start(
      @Option(
              names = "--data",
              paramLabel = "DIR",
              description = "Data directory (else $$TAPDECK_DATA, else /var/lib/tapdeck).")
          @Nullable Path data)
      throws Exception {
    OptionalInt done = asOwner(data, "start");
    if (done.isPresent()) {
      return done.getAsInt();
    }
    try {
      spec.commandLine().getOut().println(server(data).start());
    } catch (Refusal refusal) {
      throw new RefusedException(String.valueOf(refusal.getMessage()), refusal);
    }
    spec.commandLine().getOut().flush();
    return ExitStatus.DONE;
  }

  @Command(name = "stop", description = "Stops the server if it runs.")
  int stop(
      @Option(
              names = "--data",
              paramLabel = "DIR",
              description = "Data directory (else $$TAPDECK_DATA, else /var/lib/tapdeck).")
          @Nullable Path data)
      throws Exception {
    OptionalInt done = asOwner(data, "stop");
    if (done.isPresent()) {
      return done.getAsInt();
    }
    server(data).stop();
    return ExitStatus.DONE;
  }

  /**
   * Root does it under the account whose data directory it is: what is made there is the account's.
   */
  private static OptionalInt asOwner(@Nullable Path given, String what)
      throws IOException, InterruptedException {
    Path data = directory(given);
    return AsOwner.run(
        ProgramLine.ofThisProcess(Tapdeck.class.getName()),
        data,
        List.of("northbound", what, "--data=" + data));
  }

  private static NorthboundServer server(@Nullable Path given) {
    return new NorthboundServer(directory(given));
  }

  private static Path directory(@Nullable Path given) {
    return (given == null ? NorthboundAccess.defaultData() : given).toAbsolutePath().normalize();
  }
}
