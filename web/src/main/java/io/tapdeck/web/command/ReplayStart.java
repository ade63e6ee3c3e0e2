package io.tapdeck.web.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapdeck.web.job.ReplayRewriting;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tapdeck replay-start}. */
@Command(
    name = "replay-start",
    sortOptions = false,
    description = {
      "Starts a replay on an appliance, of what it has recorded to an interface that it has.",
      "Exit status: 0 it plays, or with --wait has played all; 1 not all was played, or not all"
          + " arrived; 2 refused."
    })
final class ReplayStart implements Callable<Integer> {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final Set<String> UNDER_WAY = Set.of("starting", "playing", "paused", "stopping");

  @Parameters(paramLabel = "ID_OR_NAME", description = "The recording that is played.")
  private String idOrName;

  @Option(
      names = {"-i", "--interface"},
      required = true,
      paramLabel = "IFACE",
      description = "The appliance's interface to send to.")
  private String interfaceName;

  @Option(
      names = "--netns",
      paramLabel = "NAME",
      description = "The network namespace that the interface is in.")
  private @Nullable String netns;

  @Option(
      names = "--segment",
      paramLabel = "N",
      description = "Only this segment, by its number; may be repeated (default: all).")
  private List<Integer> segments = List.of();

  @Option(
      names = "--speed",
      paramLabel = "X",
      description =
          "So many times as fast as captured (default: 1). This, or one of the next three.")
  private @Nullable BigDecimal speed;

  @Option(names = "--pps", paramLabel = "N", description = "So many frames a second.")
  private @Nullable Long packetsPerSecond;

  @Option(names = "--mbps", paramLabel = "N", description = "So many megabits a second.")
  private @Nullable BigDecimal megabits;

  @Option(names = "--topspeed", description = "As fast as the interface takes the frames.")
  private boolean topSpeed;

  @Option(
      names = "--loop",
      defaultValue = "1",
      paramLabel = "N",
      description = "Plays all of it N times; 0 for ever (default: ${DEFAULT-VALUE}).")
  private long loops;

  @Option(
      names = {"-f", "--filter"},
      paramLabel = "BPF",
      description = "Only frames that match, see pcap-filter(7) (default: all).")
  private @Nullable String filter;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "Frames from this time on: 2026-11-23T02:10:00Z, or +90s since the first.")
  private @Nullable String from;

  @Option(names = "--to", paramLabel = "TIME", description = "Frames before this time, likewise.")
  private @Nullable String to;

  @Option(names = "--verify", description = "Looks at what became of the frames.")
  private boolean verify;

  @Option(names = "--wait", description = "Returns once it is over.")
  private boolean wait;

  @Mixin private ReplayRewriteOptions rewrite;
  @Mixin private ApplianceAccess access;
  @Mixin private Presentation presentation;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  ReplayStart() {}

  private ObjectNode order(UUID recording) {
    ObjectNode order = JsonNodeFactory.instance.objectNode();
    order.put("recording", recording.toString());
    order.put("interface", interfaceName);
    order.put("netns", netns);
    order.put("loops", loops);
    if (!segments.isEmpty()) {
      segments.forEach(order.putArray("segments")::add);
    }
    ObjectNode pace = order.putObject("pace");
    if (topSpeed) {
      pace.put("topspeed", true);
    } else if (packetsPerSecond != null) {
      pace.put("pps", packetsPerSecond);
    } else if (megabits != null) {
      pace.put("mbps", megabits);
    } else {
      pace.put("speed", speed == null ? BigDecimal.ONE : speed);
    }
    if (Stream.of(filter, from, to).anyMatch(Objects::nonNull)) {
      order.putObject("selection").put("filter", filter).put("from", from).put("to", to);
    }
    rewriting().ifPresent(known -> order.set("rewriting", MAPPER.valueToTree(known)));
    if (verify) {
      order.putObject("delivery").put("verify", true);
    }
    return order;
  }

  private Optional<ReplayRewriting> rewriting() {
    try {
      return rewrite.order();
    } catch (IllegalArgumentException wrong) {
      throw new RefusedException(String.valueOf(wrong.getMessage()), wrong);
    }
  }

  @Override
  public Integer call() throws Exception {
    long paces =
        Stream.of(speed, packetsPerSecond, megabits).filter(Objects::nonNull).count()
            + (topSpeed ? 1 : 0);
    if (paces > 1) {
      throw new RefusedException(
          "--speed, --pps, --mbps and --topspeed exclude each other: give one");
    }
    return access.run(appliance -> {
      UUID recording = RemoteThings.id(RemoteThings.recording(appliance, idOrName));
      String path = "/replays/" + UUID.randomUUID();
      JsonNode replay = appliance.send("PUT", path, order(recording));
      while (wait && isUnderWay(replay)) {
        Thread.sleep(LOOK);
        replay = appliance.get(path);
      }
      presentation.show(
          presentation.isJson() ? RemoteThings.whole(replay) : RemoteThings.replayWords(replay));
      JsonNode figures = replay.path("figures");
      boolean isWell =
          isUnderWay(replay)
              || (replay.path("state").asText().equals("done")
                  && figures.path("skipped").asLong() + figures.path("failed").asLong() == 0);
      return isWell ? ExitStatus.DONE : ExitStatus.INCOMPLETE;
    });
  }

  private static boolean isUnderWay(JsonNode replay) {
    return UNDER_WAY.contains(replay.path("state").asText());
  }
}
