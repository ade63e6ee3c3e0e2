package io.tapdeck.web.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tapdeck.capture.catalog.Totals;
import io.tapdeck.web.forecast.Forecast.Growth;
import io.tapdeck.web.job.RecordingRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ForecastTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final long MEBIBYTE = 1 << 20;
  private static final long GIBIBYTE = 1 << 30;

  /** Rotates at a gibibyte, or every minute. */
  private static Growing growing(
      double mebibytesPerSecond,
      @Nullable Long bytes,
      @Nullable Long files,
      @Nullable Duration age,
      @Nullable Integer free,
      Totals kept) {
    RecordingRequest request =
        new RecordingRequest(
            "n",
            null,
            "eth0",
            null,
            "",
            "auto",
            262144,
            GIBIBYTE,
            Duration.ofMinutes(1),
            bytes,
            files,
            age,
            free,
            null,
            null,
            null);
    return new Growing(
        UUID.randomUUID(), request, kept, OptionalDouble.of(mebibytesPerSecond * MEBIBYTE));
  }

  private static Totals kept(long files, long bytes, Duration reach) {
    return new Totals(files, 1, bytes, NOW.minus(reach), NOW);
  }

  private static Forecast of(long freeGibibytes, Growing... recordings) {
    return Forecast.of(
        List.of(
            new Forecast.Disk(
                "/data", 100 * GIBIBYTE, freeGibibytes * GIBIBYTE, List.of(recordings))),
        NOW);
  }

  @Test
  void withoutLimitsTheDiskIsFullWhenWhatIsFreeIsWritten() {
    Forecast forecast = of(10, growing(1, null, null, null, null, Totals.NONE));
    Forecast.OfDisk disk = forecast.disks().getFirst();
    assertThat(disk.fullInSeconds()).isEqualTo(10 * 1024);
    assertThat(disk.bytesPerSecond()).isEqualTo((double) MEBIBYTE);
    assertThat(disk.keepFree()).isNull();
    Forecast.OfRecording recording = forecast.recordings().getFirst();
    assertThat(recording.removesInSeconds()).isNull();
    assertThat(recording.reachSeconds()).isNull();
    assertThat(recording.reachInTheEndSeconds()).isNull();
  }

  @Test
  void aSizeIsReachedWhenAnotherFileDoesNotFit() {
    // A file a minute is 60 MiB.
    Growing recording =
        growing(1, 660 * MEBIBYTE, null, null, null, kept(5, 300 * MEBIBYTE, Duration.ofHours(1)));
    Forecast forecast = of(50, recording);
    Forecast.OfRecording of = forecast.recordings().getFirst();
    assertThat(of.removesInSeconds()).isEqualTo(300);
    assertThat(of.removesBy()).isEqualTo("bytes");
    assertThat(of.reachSeconds()).isEqualTo(3600);
    assertThat(of.reachInTheEndSeconds()).isEqualTo(660);
    assertThat(forecast.disks().getFirst().fullInSeconds()).isNull();
  }

  @Test
  void whatIsFullOfItsOwnFillsTheDiskNoMore() {
    Growing full =
        growing(8, 600 * MEBIBYTE, null, null, null, kept(5, 590 * MEBIBYTE, Duration.ofHours(1)));
    Growing endless = growing(1, null, null, null, null, Totals.NONE);
    Forecast forecast = of(1, full, endless);
    assertThat(forecast.disks().getFirst().bytesPerSecond()).isEqualTo((double) MEBIBYTE);
    assertThat(forecast.disks().getFirst().fullInSeconds()).isEqualTo(1024);
    assertThat(forecast.recordings().getFirst().removesInSeconds()).isZero();
  }

  @Test
  void filesAndAgesAreReachedByTheClock() {
    Totals kept = kept(4, 240 * MEBIBYTE, Duration.ofMinutes(4));
    Forecast.OfRecording byFiles =
        of(50, growing(1, null, 10L, null, null, kept)).recordings().getFirst();
    assertThat(byFiles.removesInSeconds()).isEqualTo(360);
    assertThat(byFiles.removesBy()).isEqualTo("files");
    assertThat(byFiles.reachInTheEndSeconds()).isEqualTo(600);
    Forecast.OfRecording byAge =
        of(50, growing(1, null, 10L, Duration.ofMinutes(5), null, kept)).recordings().getFirst();
    assertThat(byAge.removesInSeconds()).isEqualTo(60);
    assertThat(byAge.removesBy()).isEqualTo("age");
    assertThat(byAge.reachInTheEndSeconds()).isEqualTo(300);
  }

  @Test
  void aDiskOfWhichSomebodyKeepsAPartFreeDoesNotBecomeFull() {
    Forecast forecast =
        of(
            30,
            growing(2, null, null, null, 20, Totals.NONE),
            growing(3, null, null, null, 10, Totals.NONE));
    Forecast.OfDisk disk = forecast.disks().getFirst();
    assertThat(disk.fullInSeconds()).isNull();
    assertThat(disk.keepFree()).isEqualTo(20);
    assertThat(disk.keepFreeInSeconds()).isEqualTo(10 * 1024 / 5.0);
    assertThat(forecast.recordings())
        .extracting(Forecast.OfRecording::removesInSeconds)
        .containsExactly(10 * 1024 / 5.0, 20 * 1024 / 5.0);
    assertThat(forecast.recordings())
        .extracting(Forecast.OfRecording::removesBy)
        .containsOnly("free");
  }

  @Test
  void aRecordingThatLeavesRoomDoesNotKeepAnotherFromFillingTheDisk() {
    Forecast forecast =
        of(
            10,
            growing(1, null, null, null, 5, Totals.NONE),
            growing(2, null, null, null, null, Totals.NONE));
    assertThat(forecast.disks().getFirst().fullInSeconds()).isEqualTo(10 * 1024 / 2.0);
  }

  @Test
  void aQuietLinkReachesNothingButItsAge() {
    Totals kept = kept(1, MEBIBYTE, Duration.ofMinutes(1));
    Forecast forecast = of(50, growing(0, GIBIBYTE, 1L, Duration.ofMinutes(3), null, kept));
    assertThat(forecast.disks().getFirst().fullInSeconds()).isNull();
    assertThat(forecast.recordings().getFirst().removesInSeconds()).isEqualTo(120);
    assertThat(
            of(50, growing(0, GIBIBYTE, 1L, Duration.ofMinutes(3), null, Totals.NONE))
                .recordings()
                .getFirst()
                .removesInSeconds())
        .isNull();
  }

  @Test
  void whatIsFurtherThanTenYearsIsNotForeseen() {
    Growing slow = growing(1e-6, 99 * GIBIBYTE, null, null, 1, Totals.NONE);
    Forecast forecast = of(99, slow);
    assertThat(forecast.disks().getFirst().keepFreeInSeconds()).isNull();
    assertThat(forecast.recordings().getFirst().removesInSeconds()).isNull();
  }

  @Test
  void whatWasNotObservedForLongEnoughHasNoRate() {
    Growing fresh =
        new Growing(
            UUID.randomUUID(),
            growing(1, null, null, null, null, Totals.NONE).request(),
            Totals.NONE,
            OptionalDouble.empty());
    assertThat(of(1, fresh).recordings().getFirst().bytesPerSecond()).isNull();
    assertThat(of(1, fresh).disks().getFirst().fullInSeconds()).isNull();
  }

  @Provide
  Arbitrary<List<Growth>> growths() {
    return Combinators.combine(
            Arbitraries.longs().between(0, 10_000_000), Arbitraries.longs().between(0, 100_000))
        .as((rate, seconds) -> new Growth((double) rate, (double) seconds))
        .list()
        .ofMaxSize(6);
  }

  private static double grownBy(double seconds, List<Growth> growth) {
    return growth.stream()
        .mapToDouble(one -> one.bytesPerSecond() * Math.min(seconds, one.seconds()))
        .sum();
  }

  @Property
  void thatMuchHasBeenWrittenByThen(
      @ForAll("growths") List<Growth> growth,
      @ForAll @LongRange(min = 1, max = 1L << 40) long bytes) {
    double seconds = Forecast.secondsUntil((double) bytes, growth);
    if (Double.isFinite(seconds)) {
      assertThat(grownBy(seconds, growth)).isCloseTo((double) bytes, within(bytes * 1e-6));
    } else {
      assertThat(grownBy(1e9, growth)).isLessThan(bytes * (1 + 1e-6));
    }
  }

  @Property
  void oneMoreRecordingNeverMakesItLater(
      @ForAll("growths") List<Growth> growth,
      @ForAll @LongRange(min = 1, max = 1L << 40) long bytes) {
    List<Growth> more = new ArrayList<>(growth);
    more.add(new Growth(1000, Growing.NEVER));
    assertThat(Forecast.secondsUntil((double) bytes, more))
        .isLessThanOrEqualTo(Forecast.secondsUntil((double) bytes, growth) * (1 + 1e-9))
        .isLessThanOrEqualTo(bytes / 1000.0 * (1 + 1e-9));
  }
}
