package io.tapdeck.replay.pace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SystemClockTest {
  private static final int TIMES = 200;
  private static final long SHORT = 1_000_000;
  private static final long LONG = 5_000_000;

  private final SystemClock clock = SystemClock.real();
  private final StopFlag stop = new StopFlag();

  @Test
  void aShortWaitIsSpunThroughAndNotEndedEarly() throws IOException {
    assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "one processor is left to others");
    assertThat(handedBack(() -> waitFor(SHORT))).isLessThan(TIMES / 4);
  }

  @Test
  void aLongWaitLeavesTheProcessorToOthersAndIsNotEndedEarly() throws IOException {
    assertThat(handedBack(() -> waitFor(LONG))).isGreaterThanOrEqualTo(TIMES);
  }

  @Test
  void aRestLeavesTheProcessorToOthersHoweverShort() throws IOException {
    assertThat(handedBack(() -> clock.rest(SHORT, stop))).isGreaterThanOrEqualTo(TIMES);
  }

  @Test
  void whoIsCalledNeitherWaitsNorRests() {
    stop.call();
    long begun = System.nanoTime();
    clock.rest(Long.MAX_VALUE, stop);
    clock.waitUntil(Long.MAX_VALUE, stop);
    assertThat(clock.nanoTime()).isGreaterThanOrEqualTo(begun);
  }

  @Test
  void aLeapingClockIsThereAtOnce() {
    SystemClock leaping = SystemClock.leaping();
    long begun = leaping.nanoTime();
    long hour = 3_600_000_000_000L;
    leaping.rest(hour, stop);
    assertThat(leaping.nanoTime() - begun).isGreaterThanOrEqualTo(hour);
    leaping.waitUntil(begun + 2 * hour, stop);
    assertThat(leaping.nanoTime() - begun).isGreaterThanOrEqualTo(2 * hour);
    assertThat(clock.nanoTime() - begun).isLessThan(hour);
  }

  private void waitFor(long nanos) {
    long deadline = clock.nanoTime() + nanos;
    clock.waitUntil(deadline, stop);
    assertThat(clock.nanoTime()).isGreaterThanOrEqualTo(deadline);
  }

  /** How often this thread handed its processor back by itself, while something is done often. */
  private static long handedBack(Runnable something) throws IOException {
    long before = handedBack();
    for (int i = 0; i < TIMES; i++) {
      something.run();
    }
    return handedBack() - before;
  }

  private static long handedBack() throws IOException {
    String counter = "voluntary_ctxt_switches:";
    return Files.readAllLines(Path.of("/proc/thread-self/status")).stream()
        .filter(line -> line.startsWith(counter))
        .mapToLong(line -> Long.parseLong(line.substring(counter.length()).strip()))
        .findFirst()
        .orElseThrow();
  }
}
