package io.tapdeck.web.forecast;

import io.tapdeck.capture.catalog.Totals;
import io.tapdeck.web.job.RecordingRequest;
import io.tapdeck.web.job.RecordingRetention;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A recording that is under way.
 *
 * @param kept its complete segments
 * @param bytesPerSecond of its files; empty if that is not known yet
 */
public record Growing(
    UUID id, RecordingRequest request, Totals kept, OptionalDouble bytesPerSecond) {
  private static final double MILLIS = 1000;

  /**
   * When retention begins to remove its oldest segments.
   *
   * @param seconds from now; 0 if it does already
   * @param by which limit is reached: bytes, files, age or free
   */
  record Removal(double seconds, String by) {}

  /** By limits of its own, which say nothing of the disk; empty if none is ever reached. */
  Optional<Removal> ownRemoval(Instant now) {
    RecordingRetention limits = request.retention();
    Stream<Removal> byBytes =
        Optional.ofNullable(limits.keepBytes()).stream()
            // Begun once another segment does not fit any more.
            .map(most -> new Removal(secondsFor(most - kept.bytes() - fileBytes()), "bytes"));
    Stream<Removal> byFiles =
        Optional.ofNullable(limits.keepFiles()).stream()
            .map(most -> new Removal((most - kept.count()) * fileSeconds(), "files"));
    Stream<Removal> byAge =
        Optional.ofNullable(limits.keepAge()).stream()
            .filter(most -> rate() > 0 || kept.first() != null)
            .map(most -> new Removal(seconds(most) - reach(now).orElse(0), "age"));
    return Stream.of(byBytes, byFiles, byAge)
        .flatMap(some -> some)
        .map(removal -> new Removal(Math.max(0, removal.seconds()), removal.by()))
        .filter(removal -> Double.isFinite(removal.seconds()))
        .min(Comparator.comparingDouble(Removal::seconds));
  }

  /** How far back its complete segments reach, in seconds; empty if there is no packet. */
  OptionalDouble reach(Instant now) {
    Instant first = kept.first();
    return first == null
        ? OptionalDouble.empty()
        : OptionalDouble.of(Math.max(0, seconds(Duration.between(first, now))));
  }

  /** How far back it will reach, at most, once its own limits are; empty if they set no bound. */
  OptionalDouble reachInTheEnd() {
    RecordingRetention limits = request.retention();
    double bytes = Optional.ofNullable(limits.keepBytes()).map(this::secondsFor).orElse(NEVER);
    double files =
        Optional.ofNullable(limits.keepFiles()).map(most -> most * fileSeconds()).orElse(NEVER);
    double age = Optional.ofNullable(limits.keepAge()).map(Growing::seconds).orElse(NEVER);
    double least = Math.min(bytes, Math.min(files, age));
    return Double.isFinite(least) ? OptionalDouble.of(least) : OptionalDouble.empty();
  }

  static final double NEVER = Double.POSITIVE_INFINITY;

  double rate() {
    return bytesPerSecond.orElse(0);
  }

  /** How long it takes to write so much: for ever, if nothing comes. */
  private double secondsFor(double bytes) {
    if (bytes <= 0) {
      return 0;
    }
    return rate() > 0 ? bytes / rate() : NEVER;
  }

  /** From one rotation to the next. An interval without packets has no file. */
  private double fileSeconds() {
    double bySize = rate() > 0 ? request.rotateSize() / rate() : NEVER;
    double byTime = Optional.ofNullable(request.rotateEvery()).map(Growing::seconds).orElse(NEVER);
    return rate() > 0 ? Math.min(bySize, byTime) : NEVER;
  }

  private double fileBytes() {
    return rate() > 0 ? fileSeconds() * rate() : 0;
  }

  private static double seconds(Duration time) {
    return time.toMillis() / MILLIS;
  }
}
