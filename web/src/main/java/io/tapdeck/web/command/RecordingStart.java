package io.tapdeck.web.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapdeck.capture.recording.StopLimit;
import io.tapdeck.capture.unit.DataSize;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tapdeck recording-start}. */
@Command(
    name = "recording-start",
    sortOptions = false,
    description = {
      "Starts a recording on an appliance, which goes on with it by itself.",
      "Exit status: 0 it is recording; 1 it was started, and cannot record yet: the reason says"
          + " why; 2 refused."
    })
final class RecordingStart implements Callable<Integer> {
  @Parameters(paramLabel = "NAME", description = "What the recording is to be called.")
  private String name;

  @Option(
      names = {"-i", "--interface"},
      paramLabel = "IFACE",
      description = "The appliance's interface; this, or a guest.")
  private @Nullable String interfaceName;

  @Option(
      names = "--netns",
      paramLabel = "NAME",
      description = "The network namespace that the interface is in.")
  private @Nullable String netns;

  @Option(
      names = "--guest",
      paramLabel = "ID",
      description = "A guest, whose traffic is mirrored as long as it is recorded.")
  private @Nullable String guest;

  @Option(
      names = {"-f", "--filter"},
      paramLabel = "BPF",
      description = "Only the frames that match, see pcap-filter(7) (default: all).")
  private @Nullable String filter;

  @Option(
      names = {"-s", "--snaplen"},
      paramLabel = "SNAPLEN",
      description = "Keeps at most so many bytes of each frame.")
  private @Nullable Integer snaplen;

  @Option(
      names = "--rotate-size",
      converter = DataSizes.class,
      paramLabel = "SIZE",
      description = "No segment becomes larger (default: 1GiB).")
  private @Nullable DataSize rotateSize;

  @Option(
      names = "--rotate-every",
      converter = Durations.class,
      paramLabel = "TIME",
      description = "A new segment whenever the clock reaches a multiple of this (default: never).")
  private @Nullable Duration rotateEvery;

  @Option(
      names = "--keep-bytes",
      converter = DataSizes.class,
      paramLabel = "SIZE",
      description = "Removes the oldest segments beyond so many bytes (default: never).")
  private @Nullable DataSize keepBytes;

  @Option(
      names = "--keep-files",
      paramLabel = "N",
      description = "Removes the oldest segments beyond so many (default: never).")
  private @Nullable Long keepFiles;

  @Option(
      names = "--keep-age",
      converter = Durations.class,
      paramLabel = "TIME",
      description = "Removes segments that are older (default: never).")
  private @Nullable Duration keepAge;

  @Option(
      names = "--stop-after",
      converter = StopLimits.class,
      paramLabel = "LIMIT",
      description =
          "Ends after a time (10s), a size (1GiB), or packets (1000p); may be repeated (default:"
              + " when it is stopped).")
  private List<StopLimit> limits = List.of();

  @Mixin private ApplianceAccess access;
  @Mixin private Presentation presentation;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  RecordingStart() {}

  private ObjectNode order() {
    ObjectNode order = JsonNodeFactory.instance.objectNode();
    order.put("name", name);
    order.put("interface", interfaceName);
    order.put("netns", netns);
    order.put("guest", guest);
    order.put("filter", filter);
    order.put("snaplen", snaplen);
    order.put("rotateSize", bytes(rotateSize));
    order.put("rotateEvery", text(rotateEvery));
    order.put("keepBytes", bytes(keepBytes));
    order.put("keepFiles", keepFiles);
    order.put("keepAge", text(keepAge));
    for (StopLimit limit : limits) {
      switch (limit) {
        case StopLimit.Time time -> order.put("stopAfterTime", text(time.after()));
        case StopLimit.Size size -> order.put("stopAfterBytes", size.limit().bytes());
        case StopLimit.Packets packets -> order.put("stopAfterPackets", packets.count());
      }
    }
    return order;
  }

  private static @Nullable Long bytes(@Nullable DataSize size) {
    return size == null ? null : size.bytes();
  }

  private static @Nullable String text(@Nullable Duration time) {
    return time == null ? null : time.toString();
  }

  @Override
  public Integer call() throws Exception {
    if ((interfaceName == null) == (guest == null)) {
      throw new RefusedException("give either -i IFACE or --guest ID");
    }
    return access.run(appliance -> {
      JsonNode started = appliance.send("PUT", "/recordings/" + UUID.randomUUID(), order());
      presentation.show(
          presentation.isJson()
              ? RemoteThings.whole(started)
              : RemoteThings.recordingWords(started));
      return started.path("state").asText().equals("recording")
          ? ExitStatus.DONE
          : ExitStatus.INCOMPLETE;
    });
  }
}
