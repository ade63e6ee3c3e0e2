package io.tapdeck.capture.recording;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.capture.segment.InlineDisk;
import io.tapdeck.capture.segment.Origin;
import io.tapdeck.capture.segment.SegmentDirectory;
import io.tapdeck.capture.segment.SegmentName;
import io.tapdeck.capture.segment.SegmentWriter;
import io.tapdeck.capture.segment.Sidecar;
import io.tapdeck.capture.segment.UtcTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class RotationTest {
  static final long SECOND = 1_000_000_000L;
  private static final long MINUTE = 60 * SECOND;
  private static final long SOME_MINUTE = 1_700_000_040 * SECOND;
  private static final long YEAR_2200 = 7_258_118_400L * SECOND;

  @Test
  void aSegmentEndsWithTheMinuteInWhichItBegan() {
    Rotation rotation = new Rotation(MINUTE);
    rotation.begin(SOME_MINUTE + 59 * SECOND);
    assertThat(rotation.isDue(SOME_MINUTE + MINUTE - 1)).isFalse();
    assertThat(rotation.isDue(SOME_MINUTE + MINUTE)).isTrue();
  }

  @Test
  void aTimeStampThatStepsBackALittleStaysWithItsSegment() {
    Rotation rotation = new Rotation(MINUTE);
    rotation.begin(SOME_MINUTE);
    assertThat(rotation.isDue(SOME_MINUTE - 1)).isFalse();
    assertThat(rotation.isDue(SOME_MINUTE - SECOND)).isFalse();
  }

  @Test
  void aClockThatWasSetBackBeginsANewSegment() {
    Rotation rotation = new Rotation(MINUTE);
    rotation.begin(SOME_MINUTE);
    assertThat(rotation.isDue(SOME_MINUTE - 3600 * SECOND)).isTrue();
  }

  @Test
  void withoutFramesTheClockDecidesOnceTheLastOnesMustHaveCome() {
    Rotation rotation = new Rotation(MINUTE);
    rotation.begin(SOME_MINUTE);
    long end = SOME_MINUTE + MINUTE;
    assertThat(rotation.isOver(end)).isFalse();
    assertThat(rotation.nanosLeft(end)).isEqualTo(Rotation.SETTLE_NANOS);
    assertThat(rotation.isOver(end + Rotation.SETTLE_NANOS)).isTrue();
  }

  @Test
  void withoutAnIntervalOnlyAClockThatWasSetBackBeginsANewSegment() {
    Rotation rotation = new Rotation(0);
    rotation.begin(SOME_MINUTE);
    assertThat(rotation.isDue(SOME_MINUTE - SECOND)).isFalse();
    assertThat(rotation.isDue(SOME_MINUTE - 5 * SECOND)).isTrue();
    assertThat(rotation.isDue(YEAR_2200)).isFalse();
    assertThat(rotation.isOver(YEAR_2200)).isFalse();
  }

  @Test
  void aFrameOlderThanTheFirstOfItsIntervalMeansAClockSetBackAsWell() {
    Rotation rotation = new Rotation(MINUTE);
    rotation.begin(SOME_MINUTE + 30 * SECOND);
    assertThat(rotation.isDue(SOME_MINUTE + 25 * SECOND)).isTrue();
  }

  @Property(tries = 100)
  void howeverTheClockIsSetAKilledRecordersFramesAreAllRecovered(
      @ForAll boolean byTime,
      @ForAll @Size(max = 50) List<@LongRange(min = -10 * SECOND, max = 10 * SECOND) Long> steps)
      throws IOException {
    Path path = Files.createTempDirectory("rotation");
    try {
      record(path, new Rotation(byTime ? MINUTE : 0), steps);
      try (SegmentDirectory directory = SegmentDirectory.hold(path).orElseThrow()) {
        SegmentDirectory.Recovery recovery = directory.recover();
        assertThat(recovery.leftAlone()).isEmpty();
        assertThat(recovery.recovered().stream().mapToLong(Sidecar::packets).sum())
            .isEqualTo(steps.size());
      }
    } finally {
      deleteAll(path);
    }
  }

  /** Leaves segments as a recorder does that is killed after a flush. */
  private static void record(Path directory, Rotation rotation, List<Long> steps)
      throws IOException {
    Origin origin = new Origin(UUID.randomUUID(), "eth0", null, "", "both", 96, 1 << 20, null);
    InlineDisk disk = InlineDisk.withSmallBlocks(directory);
    SegmentWriter segment = null;
    int number = 0;
    long time = SOME_MINUTE;
    for (long step : steps) {
      time += step;
      if (segment == null || rotation.isDue(time)) {
        if (segment != null) {
          disk.flush(segment);
          // As if it had been killed now: its block is free again.
          disk = InlineDisk.withSmallBlocks(directory);
        }
        number++;
        segment = disk.open(new SegmentName(UtcTime.ofNanos(time), number), origin);
        rotation.begin(time);
      }
      disk.append(segment, time, 60, 60);
    }
    if (segment != null) {
      disk.flush(segment);
    }
  }

  private static void deleteAll(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }

  @Property
  void aSegmentNeverHoldsTwoIntervals(
      @ForAll @LongRange(min = 1_000_000, max = 86_400 * SECOND) long interval,
      @ForAll @LongRange(min = 0, max = YEAR_2200) long first,
      @ForAll @LongRange(min = 0, max = 3 * 86_400 * SECOND) long later) {
    Rotation rotation = new Rotation(interval);
    rotation.begin(first);
    boolean sameInterval = first / interval == (first + later) / interval;
    assertThat(rotation.isDue(first + later)).isEqualTo(!sameInterval);
  }
}
