package io.tapdeck.web.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapdeck.capture.recording.Direction;
import io.tapdeck.capture.recording.RecordingSettings;
import io.tapdeck.capture.recording.StopLimit;
import io.tapdeck.capture.segment.RetentionLimits;
import io.tapdeck.capture.unit.DataSize;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What of an interface is recorded, and how much of that is kept: here, or by an appliance. */
final class CaptureOptions {
  @Option(
      names = {"-f", "--filter"},
      defaultValue = "",
      paramLabel = "BPF",
      description = "Records only the frames that match, see pcap-filter(7) (default: all).")
  private String filter;

  @Option(
      names = "--direction",
      defaultValue = "auto",
      paramLabel = "auto|in|out|both",
      description =
          "Which frames; auto is 'in' on a tap NIC, elsewhere 'both' (default"
              + " ${DEFAULT-VALUE}).")
  private Direction direction;

  @Option(
      names = {"-s", "--snaplen"},
      defaultValue = "" + RecordingSettings.DEFAULT_SNAPLEN,
      paramLabel = "SNAPLEN",
      description = "Keeps at most so many bytes of each frame (default ${DEFAULT-VALUE}).")
  private int snaplen;

  @Option(
      names = "--rotate-size",
      defaultValue = "1GiB",
      converter = DataSizes.class,
      paramLabel = "SIZE",
      description = "No segment becomes larger (default ${DEFAULT-VALUE}).")
  private DataSize rotateSize;

  @Option(
      names = "--rotate-every",
      converter = Durations.class,
      paramLabel = "TIME",
      description =
          "Begins a new segment whenever the clock reaches a multiple of this: 60s, 1h"
              + " (default: never).")
  private @Nullable Duration rotateEvery;

  @Option(
      names = "--stop-after",
      converter = StopLimits.class,
      paramLabel = "LIMIT",
      description =
          "Ends after a time (10s), a size (1GiB), or packets (1000p); may be repeated"
              + " (default: never).")
  private List<StopLimit> stopAfter = List.of();

  @Option(
      names = "--keep-bytes",
      converter = DataSizes.class,
      paramLabel = "SIZE",
      description =
          "Removes the oldest segments while all together are larger: 100GB; the one being"
              + " written comes on top. With any --keep option, a full disk removes the oldest, too"
              + " (default: keeps all).")
  private @Nullable DataSize keepBytes;

  @Option(
      names = "--keep-files",
      paramLabel = "N",
      description = "Removes the oldest while there are more segments (default: keeps all).")
  private @Nullable Integer keepFiles;

  @Option(
      names = "--keep-age",
      converter = Durations.class,
      paramLabel = "TIME",
      description =
          "Removes a segment once its last packet is older: 12h, 7d (default: keeps all).")
  private @Nullable Duration keepAge;

  @Option(
      names = "--keep-free",
      converter = Percentages.class,
      paramLabel = "PERCENT%",
      description =
          "Removes the oldest while less of the file system is free: 10%% (default: keeps all).")
  private @Nullable Integer keepFree;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  CaptureOptions() {}

  /**
   * For a recorder here.
   *
   * @throws IllegalArgumentException if a value makes no sense; the message is for people
   */
  void set(RecordingSettings.Builder settings) {
    settings
        .filter(filter)
        .direction(direction)
        .snaplen(snaplen)
        .rotateSize(rotateSize)
        .stopAfter(stopAfter)
        .keep(
            new RetentionLimits(
                Optional.ofNullable(keepBytes),
                Optional.ofNullable(keepFiles),
                Optional.ofNullable(keepAge),
                Optional.ofNullable(keepFree)));
    if (rotateEvery != null) {
      settings.rotateEvery(rotateEvery);
    }
  }

  /** For an appliance's: as its API says it. */
  void put(ObjectNode order) {
    order.put("filter", filter);
    order.put("direction", direction.name().toLowerCase(Locale.ROOT));
    order.put("snaplen", snaplen);
    order.put("rotateSize", rotateSize.bytes());
    order.put("rotateEvery", text(rotateEvery));
    order.put("keepBytes", keepBytes == null ? null : keepBytes.bytes());
    order.put("keepFiles", keepFiles);
    order.put("keepAge", text(keepAge));
    order.put("keepFree", keepFree);
    for (StopLimit limit : stopAfter) {
      switch (limit) {
        case StopLimit.Time time -> order.put("stopAfterTime", text(time.after()));
        case StopLimit.Size size -> order.put("stopAfterBytes", size.limit().bytes());
        case StopLimit.Packets packets -> order.put("stopAfterPackets", packets.count());
      }
    }
  }

  private static @Nullable String text(@Nullable Duration time) {
    return time == null ? null : time.toString();
  }
}
