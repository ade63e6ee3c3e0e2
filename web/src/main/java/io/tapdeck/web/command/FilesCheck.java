package io.tapdeck.web.command;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapdeck.capture.catalog.CatalogCheck;
import io.tapdeck.capture.catalog.CatalogCheck.Disagreement;
import io.tapdeck.capture.catalog.CatalogCheck.Report;
import io.tapdeck.web.job.Recordings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tapdeck files check}. */
@Command(
    name = "check",
    description =
        "Looks whether the files, the sidecars and the catalog of a data directory agree. It"
            + " changes nothing, and may run beside an appliance.",
    footer = {
      "",
      "It tells what is missing (only its sidecar is there), changed (not the file that its sidecar"
          + " tells of), foreign (no file of a segment), without a sidecar, not in the catalog, or"
          + " only there. Contents are compared by 'files verify'.",
      "Exit status: 0 all agrees; 1 something does not; 2 refused, nothing checked."
    })
final class FilesCheck implements Callable<Integer> {
  /** What an appliance is about to do is done by then. */
  private static final Duration PAUSE = Duration.ofSeconds(2);

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DATA", description = "The data directory of an appliance.")
  private Path data;

  @Option(names = "--json", description = "Print one JSON object on the last line.")
  private boolean json;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  FilesCheck() {}

  @Override
  public Integer call() throws InterruptedException {
    if (!Files.isDirectory(data.resolve("recordings"))) {
      throw new RefusedException(
          data + " is no data directory: name one that holds the directory 'recordings'");
    }
    Report report = check();
    if (!report.disagreements().isEmpty()) {
      Thread.sleep(PAUSE);
      report = check().confirmedBy(report);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(json ? node(report) : text(report));
    out.flush();
    return report.disagreements().isEmpty() ? ExitStatus.DONE : ExitStatus.INCOMPLETE;
  }

  private Report check() {
    try {
      return CatalogCheck.check(data, Recordings::keeps);
    } catch (IOException unreadable) {
      throw new RefusedException("cannot read " + data + ": " + unreadable.getMessage());
    }
  }

  private static ObjectNode node(Report report) {
    ObjectNode node = JsonMapper.builder().build().createObjectNode();
    node.put("recordings", report.recordings());
    node.put("segments", report.segments());
    node.put("catalog", report.hasCatalog());
    ArrayNode told = node.putArray("disagreements");
    for (Disagreement one : report.disagreements()) {
      told.addObject()
          .put("kind", one.kind().toString())
          .put("path", one.path())
          .put("reason", one.reason());
    }
    return node;
  }

  private static String text(Report report) {
    StringBuilder text = new StringBuilder();
    for (Disagreement one : report.disagreements()) {
      text.append(
              Presentation.plain("%-15s  %s: %s".formatted(one.kind(), one.path(), one.reason())))
          .append(System.lineSeparator());
    }
    int count = report.disagreements().size();
    return text.append(
            "%d %s, %d %s: %s%s"
                .formatted(
                    report.recordings(),
                    report.recordings() == 1 ? "recording" : "recordings",
                    report.segments(),
                    report.segments() == 1 ? "segment" : "segments",
                    count == 0 ? "all agrees" : count + " do not agree",
                    report.hasCatalog() ? "" : "; there is no catalog"))
        .toString();
  }
}
