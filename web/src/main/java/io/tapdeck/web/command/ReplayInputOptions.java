package io.tapdeck.web.command;

import io.tapdeck.replay.input.FrameOrder;
import io.tapdeck.replay.input.InputSettings;
import io.tapdeck.replay.input.Selection;
import io.tapdeck.web.job.RecordingNames;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What {@code tapdeck replay} plays. */
final class ReplayInputOptions {
  @Parameters(
      arity = "0..*",
      paramLabel = "FILE",
      description = {
        "pcap and pcapng files, plain or compressed (gzip, zstd, xz, lz4), played in this order;"
            + " directories of a recording's segments; pipes; - for standard input."
      })
  private List<String> names = List.of();

  @Option(
      names = "--recording",
      paramLabel = "NAME",
      description = "A whole recording of the data directory, by its name or id; may be repeated.")
  private List<String> recordings = List.of();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "The data directory, for --recording (default: $$TAPDECK_DATA, else /var/lib/tapdeck).")
  private @Nullable Path data;

  @Option(
      names = "--order",
      paramLabel = "given|time",
      description =
          "The order of several files' frames: file after file, or merged by time (default:"
              + " given).")
  private @Nullable FrameOrder order;

  @Option(
      names = "--preload",
      description =
          "Reads all that is selected into memory first; refused with its size if it does not fit.")
  private boolean preload;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  ReplayInputOptions() {}

  /**
   * @throws IllegalArgumentException if there is nothing to play; the message is for people
   */
  InputSettings settings(Selection selection) {
    List<String> all = new ArrayList<>(names);
    for (String recording : recordings) {
      Path from = data == null ? NorthboundAccess.defaultData() : data;
      all.add(RecordingNames.find(from, recording).toString());
    }
    if (all.isEmpty()) {
      throw new IllegalArgumentException("name a FILE to play, or a --recording");
    }
    return new InputSettings(all, order == null ? FrameOrder.GIVEN : order, selection, preload);
  }

  /** Whether anything was named. */
  boolean hasNames() {
    return !names.isEmpty() || !recordings.isEmpty();
  }

  /** Whether standard input is what is played. */
  boolean readsStandardInput() {
    return names.contains(InputSettings.STANDARD_INPUT);
  }
}
