package io.tapdeck.web.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tapdeck files}: what has been recorded. */
@Command(
    name = "files",
    description = "Lists, verifies and checks recorded segments, and imports others' captures.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {FilesList.class, FilesVerify.class, FilesCheck.class, FilesImport.class})
final class FilesCommand implements Runnable {
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the field
  FilesCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "name a command");
  }
}
