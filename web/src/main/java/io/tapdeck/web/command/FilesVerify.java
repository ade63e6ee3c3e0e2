package io.tapdeck.web.command;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapdeck.capture.segment.SegmentForm;
import io.tapdeck.capture.segment.SegmentVerifier;
import io.tapdeck.capture.segment.SegmentVerifier.State;
import io.tapdeck.capture.segment.SegmentVerifier.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tapdeck files verify}. */
@Command(
    name = "verify",
    description =
        "Reads segments again and compares them with their sidecars: sizes, hashes, packets, link"
            + " type, first and last time.",
    footer = {
      "",
      "Each is ok, changed (it is not what its sidecar says, be it cut short), damaged (what is to"
          + " be compared cannot be read to its end), missing (only its sidecar is there), or has"
          + " no sidecar, which the next recorder in its directory makes, or no hash in it.",
      "Exit status: 0 all are ok; 1 something is not; 2 refused, nothing verified."
    })
final class FilesVerify implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      arity = "1..*",
      paramLabel = "PATH",
      description = "Segments, or directories of segments.")
  private List<Path> paths;

  @Option(names = "--json", description = "Print one JSON object on the last line.")
  private boolean json;

  @Option(
      names = {"-q", "--quiet"},
      description = "No progress, and only what is not ok.")
  private boolean quiet;

  private final Map<State, Integer> counts = new EnumMap<>(State.class);

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  FilesVerify() {}

  @Override
  public Integer call() throws IOException {
    List<SegmentForm> segments = segments();
    ObjectNode report = JsonMapper.builder().build().createObjectNode();
    ArrayNode told = report.putArray("segments");
    PrintWriter out = spec.commandLine().getOut();
    try (VerifyProgressLine line = new VerifyProgressLine(segments, spec.commandLine().getErr())) {
      if (!quiet) {
        line.start();
      }
      SegmentVerifier verifier = new SegmentVerifier(line::read);
      for (SegmentForm segment : segments) {
        Optional<Verdict> verdict = verifier.verify(segment);
        line.verified();
        if (verdict.isPresent()) {
          counts.merge(verdict.get().state(), 1, Integer::sum);
          if (json) {
            tell(told.addObject(), verdict.get());
          } else if (!quiet || verdict.get().state() != State.OK) {
            line.clear();
            out.println(text(verdict.get()));
            out.flush();
          }
        }
      }
    }
    if (json) {
      ObjectNode sums = report.putObject("counts");
      for (State state : State.values()) {
        sums.put(state.toString(), counts.getOrDefault(state, 0));
      }
      out.println(report);
    } else if (!quiet) {
      out.println(sums());
    }
    out.flush();
    return counts.keySet().stream().allMatch(state -> state == State.OK)
        ? ExitStatus.DONE
        : ExitStatus.INCOMPLETE;
  }

  private List<SegmentForm> segments() {
    List<SegmentForm> segments = new ArrayList<>();
    for (Path path : paths) {
      try {
        if (Files.isDirectory(path)) {
          segments.addAll(SegmentForm.in(path));
        } else {
          SegmentForm form = SegmentForm.of(path);
          if (!form.isThere()) {
            throw new RefusedException(path + " does not exist; check the name");
          }
          segments.add(form);
        }
      } catch (IOException unreadable) {
        throw new RefusedException("cannot read " + path + ": " + unreadable.getMessage());
      }
    }
    if (segments.isEmpty()) {
      throw new RefusedException("there are no segments to verify; name them, or their directory");
    }
    return segments;
  }

  private static void tell(ObjectNode node, Verdict verdict) {
    SegmentForm form = verdict.form();
    node.put("path", form.file().orElse(form.whole()).toString());
    node.put("state", verdict.state().toString());
    ArrayNode reasons = node.putArray("reasons");
    verdict.reasons().forEach(reasons::add);
    FilesList.fields(form).forEach(node::putPOJO);
  }

  private static String text(Verdict verdict) {
    String reasons = verdict.state() == State.OK ? "" : ": " + String.join("; ", verdict.reasons());
    String path = verdict.form().file().orElse(verdict.form().whole()).toString();
    return Presentation.plain("%-10s  %s%s".formatted(verdict.state(), path, reasons));
  }

  private String sums() {
    int all = counts.values().stream().mapToInt(Integer::intValue).sum();
    return counts.entrySet().stream()
        .map(entry -> entry.getValue() + " " + entry.getKey())
        .collect(Collectors.joining(", ", all + (all == 1 ? " segment: " : " segments: "), ""));
  }
}
