package io.tapdeck.web.job;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What was counted of a replay; names as everywhere: {@code read = sent + skipped + failed +
 * filtered}.
 *
 * @param elapsedSeconds without pauses
 * @param passesDone how often all was played; null if nobody knows
 * @param position the share of all that has been read, 0 to 1; null if nobody knows
 * @param secondsLeft about; null if nobody knows
 * @param skippedBy the skipped by reason; null before it plays, and once its report tells them
 * @param failedBy the failed by error; null likewise
 * @param timing how far hand-overs were from their deadlines; null likewise, and without deadlines
 */
public record ReplayFigures(
    long read,
    long sent,
    long sentBytes,
    long skipped,
    long failed,
    long filtered,
    double elapsedSeconds,
    @Nullable Long passesDone,
    @Nullable Double position,
    @Nullable Double secondsLeft,
    @Nullable Map<String, Long> skippedBy,
    @Nullable Map<String, Long> failedBy,
    @Nullable ReplayTiming timing) {
  public static final ReplayFigures NONE =
      new ReplayFigures(0, 0, 0, 0, 0, 0, 0, null, null, null, null, null, null);

  public ReplayFigures {
    skippedBy = skippedBy == null ? null : Map.copyOf(skippedBy);
    failedBy = failedBy == null ? null : Map.copyOf(failedBy);
  }

  /** What a player says while it plays. */
  static ReplayFigures ofProgress(JsonNode said) {
    return new ReplayFigures(
        said.path("read").asLong(),
        said.path("sent").asLong(),
        said.path("sentBytes").asLong(),
        said.path("skipped").asLong(),
        said.path("failed").asLong(),
        said.path("filtered").asLong(),
        said.path("elapsedSeconds").asDouble(),
        said.has("passesDone") ? (Long) said.get("passesDone").asLong() : null,
        said.has("position") ? (Double) said.get("position").asDouble() : null,
        said.has("secondsLeft") ? (Double) said.get("secondsLeft").asDouble() : null,
        counts(said.get("skippedBy")),
        counts(said.get("failedBy")),
        ReplayTiming.of(said));
  }

  /** What a player says at the end; the rest of it stays in its report. */
  static ReplayFigures ofReport(JsonNode said) {
    return new ReplayFigures(
        said.path("read").asLong(),
        said.path("sent").asLong(),
        said.path("sentBytes").asLong(),
        said.path("skipped").asLong(),
        said.path("failed").asLong(),
        said.path("filtered").asLong(),
        said.path("seconds").asDouble(),
        said.path("passes").asLong(),
        null,
        null,
        null,
        null,
        null);
  }

  private static @Nullable Map<String, Long> counts(@Nullable JsonNode said) {
    if (said == null) {
      return null;
    }
    Map<String, Long> counts = new TreeMap<>();
    said.properties().forEach(entry -> counts.put(entry.getKey(), entry.getValue().asLong()));
    return counts;
  }
}
