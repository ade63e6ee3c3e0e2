package io.tapdeck.web.command;

import io.tapdeck.capture.os.StandardStreams;
import io.tapdeck.provisioner.ovsdb.OvsdbSession;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code tapdeck} command itself: help, version, the subcommands, and how errors are told. */
@Command(
    name = "tapdeck",
    description = "Mirrors traffic with Open vSwitch, records it with libpcap, and replays it.",
    synopsisSubcommandLabel = "COMMAND",
    versionProvider = Tapdeck.Version.class,
    mixinStandardHelpOptions = true,
    scope = CommandLine.ScopeType.INHERIT,
    exitCodeOnInvalidInput = ExitStatus.REFUSED,
    exitCodeOnExecutionException = ExitStatus.INCOMPLETE)
public final class Tapdeck implements Runnable {
  private static final List<Class<?>> COMMANDS =
      List.of(
          CommandLine.HelpCommand.class,
          RecordCommand.class,
          ReplayCommand.class,
          DoctorCommand.class,
          FilesCommand.class,
          ServeCommand.class,
          AgentCommand.class,
          NorthboundCommand.class,
          HostList.class,
          GuestList.class,
          TapCommand.class,
          WireList.class,
          TapServiceCreate.class,
          TapServiceList.class,
          TapServiceShow.class,
          TapServiceUpdate.class,
          TapServiceDelete.class,
          TapServiceEnable.class,
          TapServiceDisable.class,
          TapFlowCreate.class,
          TapFlowList.class,
          TapFlowShow.class,
          TapFlowUpdate.class,
          TapFlowDelete.class,
          TapFlowEnable.class,
          TapFlowDisable.class,
          TapPlan.class,
          TapFlowVerify.class,
          TapCompleteness.class,
          RecordingList.class,
          RecordingShow.class,
          RecordingStart.class,
          RecordingStop.class,
          RecordingDownload.class,
          RecordingUpload.class,
          ReplayList.class,
          ReplayShow.class,
          ReplayStart.class,
          ReplayStop.class,
          ReplayObjection.class,
          Rehearse.class);

  /** What picocli says of a name that an option does not have, which are written in lower case. */
  private static final Pattern ENUM_VALUES =
      Pattern.compile("(\\[[A-Z_, ]+]) \\(case-insensitive\\)");

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  private Tapdeck() {}

  /** Runs the command line and exits with its status, one of {@link ExitStatus}. */
  public static void main(String[] arguments) throws IOException {
    String output = System.getProperty("tapdeck.output");
    if (output != null) {
      // Who started this has more rights than this: it opens its files by itself.
      StandardStreams.redirect(Path.of(output + ".out"), Path.of(output + ".err"));
    }
    int status = commandLine(arguments).execute(arguments);
    OvsdbSession.shutDown();
    System.exit(status);
  }

  /**
   * The command line, ready to be executed: the whole of it, or, since to describe each command
   * takes time, that which the arguments name.
   */
  static CommandLine commandLine(String... arguments) {
    CommandLine line = new CommandLine(new Tapdeck());
    List<Class<?>> named =
        COMMANDS.stream()
            .filter(command -> arguments.length > 0 && name(command).equals(arguments[0]))
            .toList();
    // Help is about all of them.
    boolean isOne = !named.isEmpty() && !named.contains(CommandLine.HelpCommand.class);
    (isOne ? named : COMMANDS).forEach(line::addSubcommand);
    return line.setParameterExceptionHandler(Tapdeck::tellMisuse)
        .setExecutionExceptionHandler(Tapdeck::tellFailure)
        .setCaseInsensitiveEnumValuesAllowed(true);
  }

  private static String name(Class<?> command) {
    return Objects.requireNonNull(command.getAnnotation(Command.class)).name();
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "name a command");
  }

  private static int tellMisuse(ParameterException misuse, String[] arguments) {
    CommandLine command = misuse.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    boolean unknown = misuse instanceof UnmatchedArgumentException && command.getParent() == null;
    String message =
        unknown
            ? "there is no command '" + arguments[0] + "'"
            : ENUM_VALUES
                .matcher(String.valueOf(misuse.getMessage()))
                .replaceAll(values -> values.group(1).toLowerCase(Locale.ROOT));
    tell(command.getErr(), name + ": " + message + " (see '" + name + " --help')");
    return ExitStatus.REFUSED;
  }

  private static int tellFailure(Exception failure, CommandLine command, ParseResult parsed) {
    String name = command.getCommandSpec().qualifiedName();
    String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
    tell(command.getErr(), name + ": " + message);
    if (failure instanceof RefusedException) {
      return ExitStatus.REFUSED;
    }
    if (System.getenv("TAPDECK_DEBUG") != null) {
      failure.printStackTrace(command.getErr());
    }
    return ExitStatus.INCOMPLETE;
  }

  /** Writes one line, whatever line ends and control characters the message holds. */
  private static void tell(PrintWriter err, String message) {
    err.println(message.strip().replaceAll("\\p{Cntrl}+", " "));
    err.flush();
  }

  /** The version in the manifest of the artifact. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"tapdeck " + number()};
    }

    /** Such as {@code 0.1.0}. */
    static String number() {
      String version = Tapdeck.class.getPackage().getImplementationVersion();
      return version == null ? "(not packaged)" : version;
    }
  }
}
