package io.tapdeck.web.command;

import io.tapdeck.provisioner.agent.Machine;
import io.tapdeck.provisioner.mirror.GroupCount;
import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.provisioner.mirror.TapService;
import io.tapdeck.provisioner.northbound.Northbound;
import io.tapdeck.provisioner.northbound.Refusal;
import io.tapdeck.web.mirror.Completeness;
import io.tapdeck.web.mirror.RecorderReading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tapdeck tap-completeness}. */
@Command(
    name = "tap-completeness",
    description = {
      "Tells how many of the copies came how far: mirrored, delivered, arrived at the tap NIC,"
          + " received and written by a recorder on this machine.",
      "MISSING: not come yet, or lost. AGE: for how many seconds nothing has been added to the step"
          + " before. Two seconds after traffic pauses, what is missing is lost.",
      "Exit status 0: no step is known to have lost any; while traffic goes on, some may be on the"
          + " way. 1: some are missing, and for two seconds nothing was added to the step before."
    })
final class TapCompleteness implements Callable<Integer> {
  /** What is on the way settles within this time, though agents count it a little late. */
  private static final Duration PATIENCE = Completeness.SETTLED.plusSeconds(2);

  private static final Duration PAUSE = Duration.ofMillis(200);

  @Mixin private NorthboundAccess access;
  @Mixin private Presentation presentation;

  @Parameters(
      paramLabel = "ID_OR_NAME",
      arity = "0..1",
      description = "A tap service or tap flow (default: every tap service).")
  private @Nullable String idOrName;

  @Option(
      names = "--control",
      paramLabel = "SOCKET",
      description =
          "Control socket of a recorder that was started with it (default: those of the"
              + " appliance's recordings in the data directory).")
  private List<Path> sockets = List.of();

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  TapCompleteness() {}

  @Override
  public Integer call() throws Exception {
    return access.run(northbound -> {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      List<Completeness> found = look(northbound);
      while (!found.stream().allMatch(Completeness::isComplete) && System.nanoTime() < deadline) {
        Thread.sleep(PAUSE);
        found = look(northbound);
      }
      show(found);
      return found.stream().anyMatch(Completeness::isShort)
          ? ExitStatus.INCOMPLETE
          : ExitStatus.DONE;
    });
  }

  private List<Completeness> look(Northbound northbound) throws IOException, InterruptedException {
    // The last step first: what comes meanwhile is then missing nowhere.
    List<RecorderReading> recorders = RecorderReading.of(sockets());
    List<GroupCount> counts = northbound.counts();
    MirrorView view = northbound.view();
    String machine = Machine.bootId();
    Predicate<Host> isLocal = host -> host.isOn(machine);
    String asked = idOrName;
    if (asked == null) {
      return view.services().stream()
          .sorted(Comparator.comparing(TapService::name))
          .map(service -> Completeness.of(service, view, counts, recorders, isLocal))
          .toList();
    }
    Optional<TapService> service =
        view.services().stream()
            .filter(one -> one.name().equals(asked) || one.id().toString().equals(asked))
            .findFirst();
    Optional<TapFlow> flow =
        view.flows().stream()
            .filter(one -> one.name().equals(asked) || one.id().toString().equals(asked))
            .findFirst();
    if (service.isPresent() && flow.isPresent()) {
      throw new Refusal(
          "'" + asked + "' is the name of a tap service and of a tap flow: give the id of one");
    }
    return List.of(
        service
            .map(one -> Completeness.of(one, view, counts, recorders, isLocal))
            .or(() -> flow.map(one -> Completeness.of(one, view, counts, recorders, isLocal)))
            .orElseThrow(() ->
                new Refusal(
                    "there is no tap service or tap flow '"
                        + asked
                        + "': see 'tapdeck tap-service-list' and 'tapdeck tap-flow-list'")));
  }

  private List<Path> sockets() throws IOException {
    if (!sockets.isEmpty()) {
      return sockets;
    }
    Path recordings = access.data().resolve("recordings");
    if (!Files.isDirectory(recordings)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(recordings)) {
      return all.map(one -> one.resolve("control.sock")).filter(Files::exists).toList();
    }
  }

  private void show(List<Completeness> found) throws IOException {
    if (presentation.isJson()) {
      presentation.showList(found.stream().map(TapCompleteness::fields).toList(), List.of());
      return;
    }
    List<Map<String, Object>> lines = new ArrayList<>();
    for (Completeness one : found) {
      for (Completeness.Step step : one.steps()) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("name", one.name());
        line.put("step", step.step());
        line.put("count", step.count());
        line.put("missing", step.missing());
        line.put("age", step.ageSeconds() == null ? "" : "%.1f".formatted(step.ageSeconds()));
        line.put("remarks", remarks(step));
        lines.add(line);
      }
      if (!one.ends().isEmpty()) {
        lines.add(Map.of("name", one.name(), "step", "-", "remarks", one.ends()));
      }
    }
    presentation.showList(lines, List.of("name", "step", "count", "missing", "age", "remarks"));
  }

  private static String remarks(Completeness.Step step) {
    List<String> remarks = new ArrayList<>();
    if (step.isShort()) {
      remarks.add("lost");
    } else if (step.missing() > 0) {
      remarks.add("on the way, or lost");
    }
    if (step.more() > 0) {
      remarks.add(step.more() + " more than expected");
    }
    if (!step.said().isEmpty()) {
      remarks.add(step.said());
    }
    return String.join("; ", remarks);
  }

  private static Map<String, Object> fields(Completeness one) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", one.name());
    fields.put("complete", one.isComplete());
    fields.put("short", one.isShort());
    fields.put("steps", one.steps());
    fields.put("ends", one.ends());
    return fields;
  }
}
