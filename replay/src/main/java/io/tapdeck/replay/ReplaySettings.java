package io.tapdeck.replay;

import io.tapdeck.capture.os.NetworkNamespace;
import io.tapdeck.replay.pace.Pace;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What to play where, and how.
 *
 * @param interfaceName the interface that gets the frames, by any name that the kernel takes for it
 * @param namespace the network namespace it is in; empty for the caller's
 * @param files at least one pcap file, in the order in which they are played
 * @param pace how fast
 * @param loops how often all the files are played, 1 to {@value #MOST_LOOPS}
 */
public record ReplaySettings(
    String interfaceName,
    Optional<NetworkNamespace> namespace,
    List<Path> files,
    Pace pace,
    long loops) {
  public static final long MOST_LOOPS = 1_000_000_000;

  public ReplaySettings {
    files = List.copyOf(files);
    if (files.isEmpty()) {
      throw new IllegalArgumentException("name at least one file");
    }
    if (loops < 1 || loops > MOST_LOOPS) {
      throw new IllegalArgumentException(
          "the files are played 1 to " + MOST_LOOPS + " times, not " + loops);
    }
  }
}
