package io.tapdeck.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.replay.input.CaptureInput;
import io.tapdeck.replay.input.FrameOrder;
import io.tapdeck.replay.input.InputSettings;
import io.tapdeck.replay.input.Selection;
import io.tapdeck.replay.pace.Pace;
import io.tapdeck.replay.transmit.FrameWitness;
import io.tapdeck.replay.transmit.Oversize;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PerformanceTest {
  private static final Duration DELAY = Duration.ofSeconds(20);

  @TempDir Path directory = Path.of("");

  private final TestClock clock = new TestClock();
  private final TestLink link = new TestLink(clock);

  @Test
  void theForecastKnowsOfTheDelaysBetweenPasses() throws IOException {
    // Each pass takes a second, less a gap.
    Path file = CaptureFiles.write(directory.resolve("a"), 1_000, 0, 1_000_000, 60);
    Pace original = new Pace.Original(Pace.Original.UNCHANGED);
    Pacing pacing = new Pacing(original, Optional.empty(), 3, Optional.of(DELAY), false);
    var way = new Performance.Way("", link, FrameWitness.NOBODY);
    InputSettings settings =
        new InputSettings(List.of(file.toString()), FrameOrder.GIVEN, Selection.ALL, false);
    List<Double> lefts = new ArrayList<>();
    List<Double> whileDelayed = new ArrayList<>();
    try (CaptureInput input = CaptureInput.check(settings);
        Performance performance =
            new Performance(
                input.open(),
                Optional.empty(),
                Optional.empty(),
                pacing,
                Oversize.SKIP,
                way,
                way,
                clock,
                new Orders(original, false))) {
      link.afterCall =
          () ->
              lefts.add(
                  performance.progress().left().map(Duration::toMillis).orElse(-1L) / 1_000.0);
      clock.at(
          clock.nanoTime() + 11_000_000_000L,
          () -> whileDelayed.add(performance.progress().left().orElseThrow().toMillis() / 1_000.0));
      performance.play((timestamp, deadline) -> {});
    }
    assertThat(lefts).hasSize(3_000);
    assertThat(lefts.get(500)).isBetween(42.4, 42.6);
    assertThat(whileDelayed.getFirst()).isBetween(31.8, 32.2);
    assertThat(lefts.get(1_500)).isBetween(21.4, 21.6);
    assertThat(lefts.get(2_500)).isBetween(0.4, 0.6);
  }
}
