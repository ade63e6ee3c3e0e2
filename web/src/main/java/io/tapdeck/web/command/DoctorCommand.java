package io.tapdeck.web.command;

import io.tapdeck.capture.doctor.Diagnosis;
import io.tapdeck.capture.doctor.Doctor;
import io.tapdeck.capture.doctor.DoctorRequest;
import io.tapdeck.capture.doctor.Grade;
import io.tapdeck.capture.os.NetworkNamespace;
import io.tapdeck.capture.os.Terminal;
import io.tapdeck.capture.recording.RecordingSettings;
import io.tapdeck.capture.unit.DataSize;
import io.tapdeck.web.starter.DiagnosisReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tapdeck doctor}: what a recording would meet on this machine, and what to do about it. */
@Command(
    name = "doctor",
    sortOptions = false,
    description = {
      "Looks at this machine, and at an interface and a directory if they are named: what would"
          + " keep a recording from being complete and true, and what to do about it.",
      "It changes nothing. The disk's speed is measured for two seconds, with a file that takes at"
          + " most a tenth of what is free and has no name."
    },
    footer = {"", "Exit status: 0 nothing is bad; 1 something is; 2 refused, nothing looked at."})
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class DoctorCommand implements Callable<Integer> {
  private static final String ERASE_LINE = "\r\033[K";

  @Spec private CommandSpec spec;

  @Option(
      names = {"-i", "--interface"},
      paramLabel = "IFACE",
      description = "The interface to record (default: all that are up, briefly).")
  private @Nullable String interfaceName;

  @Option(
      names = "--netns",
      paramLabel = "NAME",
      description = "The network namespace that the interface is in.")
  private @Nullable String netns;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      description = "The directory to record into (default: none is looked at).")
  private @Nullable Path directory;

  @Option(
      names = "--buffer",
      defaultValue = "64MiB",
      converter = DataSizes.class,
      paramLabel = "SIZE",
      description = "The kernel's buffer to ask for (default ${DEFAULT-VALUE}).")
  private DataSize buffer;

  @Option(
      names = "--write-buffer",
      converter = DataSizes.class,
      paramLabel = "SIZE",
      description =
          "What would be asked for to wait for the disk (default: a 16th of the memory, at most"
              + " 512MiB).")
  private @Nullable DataSize writeBuffer;

  @Option(
      names = "--no-measure",
      description = "Does not measure how fast the directory can be written.")
  private boolean isNotMeasured;

  @Option(names = "--json", description = "Prints one JSON object on one line.")
  private boolean json;

  @Override
  public Integer call() throws IOException, InterruptedException {
    DoctorRequest request = request();
    PrintWriter err = spec.commandLine().getErr();
    boolean terminal = Terminal.isStandardError();
    Diagnosis diagnosis =
        Doctor.examine(
            request,
            doing -> {
              if (terminal) {
                err.print(ERASE_LINE + DoctorReport.plain(doing) + " ...");
                err.flush();
              }
            });
    if (terminal) {
      err.print(ERASE_LINE);
      err.flush();
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(DiagnosisReport.write(diagnosis));
    } else {
      DoctorReport.text(diagnosis).forEach(out::println);
    }
    out.flush();
    return diagnosis.count(Grade.BAD) == 0 ? ExitStatus.DONE : ExitStatus.INCOMPLETE;
  }

  private DoctorRequest request() {
    DataSize waiting = writeBuffer == null ? RecordingSettings.usualWriteBuffer() : writeBuffer;
    try {
      RecordingSettings.checkBuffers(buffer, waiting);
      return new DoctorRequest(
          Optional.ofNullable(interfaceName),
          Optional.ofNullable(netns).map(NetworkNamespace::new),
          Optional.ofNullable(directory),
          buffer,
          waiting,
          !isNotMeasured);
    } catch (IllegalArgumentException wrong) {
      throw new RefusedException(String.valueOf(wrong.getMessage()), wrong);
    }
  }
}
