package io.tapdeck.web.job;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.tapdeck.capture.os.NetworkNamespace;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is to be played, where to, and how.
 *
 * @param recording whose segments
 * @param segments their numbers, in ascending order; null for all that there are at the beginning
 * @param netns the interface's network namespace, null for the appliance's own
 * @param loops how often all of it
 */
public record ReplayRequest(
    UUID recording,
    @Nullable List<Integer> segments,
    @JsonProperty("interface") String interfaceName,
    @Nullable String netns,
    ReplayPace pace,
    long loops) {
  static final int MOST_SEGMENTS = 4096;
  private static final long MOST_LOOPS = 1_000_000_000;

  /**
   * @throws IllegalArgumentException if a value is out of bounds; the message is for people
   */
  public ReplayRequest {
    Bounds.given("recording", recording);
    Bounds.given("pace", pace);
    Bounds.interfaceName(interfaceName);
    if (netns != null) {
      var _ = new NetworkNamespace(netns);
    }
    if (loops < 1 || loops > MOST_LOOPS) {
      throw new IllegalArgumentException("loops are 1 to " + MOST_LOOPS + ", not " + loops);
    }
    if (segments != null) {
      if (segments.isEmpty() || segments.size() > MOST_SEGMENTS) {
        throw new IllegalArgumentException(
            "a replay has 1 to " + MOST_SEGMENTS + " segments: choose fewer");
      }
      if (segments.stream().anyMatch(number -> number == null || number < 1)) {
        throw new IllegalArgumentException("segments are given by their numbers, from 1");
      }
      segments = segments.stream().sorted().distinct().toList();
    }
  }
}
