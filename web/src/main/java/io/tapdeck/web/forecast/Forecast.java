package io.tapdeck.web.forecast;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is to be expected if all goes on as it does now. What is further away than ten years, or is
 * never reached, is null. Seconds are from now.
 *
 * @param disks each with recordings under way, and that of the data directory
 * @param recordings those under way
 */
public record Forecast(List<OfDisk> disks, List<OfRecording> recordings) {
  private static final double FAR = Duration.ofDays(3650).toSeconds();
  private static final int PERCENT = 100;

  public Forecast {
    disks = List.copyOf(disks);
    recordings = List.copyOf(recordings);
  }

  /**
   * A disk, as it is.
   *
   * @param path a directory on it, for people
   * @param freeBytes that can still be written
   */
  public record Disk(String path, long totalBytes, long freeBytes, List<Growing> recordings) {
    public Disk {
      recordings = List.copyOf(recordings);
    }
  }

  /**
   * A disk.
   *
   * @param bytesPerSecond by which recordings fill it, those left out that remove as much
   * @param fullInSeconds null too where a recording keeps a part of it free
   * @param keepFree the percentage that is reached first of those that recordings keep free
   * @param keepFreeInSeconds when it is reached: from then on no less is free
   */
  public record OfDisk(
      String path,
      long totalBytes,
      long freeBytes,
      double bytesPerSecond,
      @Nullable Double fullInSeconds,
      @Nullable Integer keepFree,
      @Nullable Double keepFreeInSeconds) {}

  /**
   * A recording.
   *
   * @param bytesPerSecond of its files; null if it was not observed for long enough
   * @param reachSeconds how far back its complete segments reach; null if there is no packet
   * @param reachInTheEndSeconds how far at most, once its own limits are reached
   * @param removesInSeconds when retention begins to remove its oldest segments; 0: it does
   * @param removesBy the limit that is reached then: bytes, files, age or free
   */
  public record OfRecording(
      UUID id,
      @Nullable Double bytesPerSecond,
      @Nullable Double reachSeconds,
      @Nullable Double reachInTheEndSeconds,
      @Nullable Double removesInSeconds,
      @Nullable String removesBy) {}

  /** A rate, and how long it lasts, in seconds. */
  record Growth(double bytesPerSecond, double seconds) {}

  /** Computes it. */
  public static Forecast of(Collection<Disk> disks, Instant now) {
    List<OfDisk> ofDisks = new ArrayList<>();
    List<OfRecording> ofRecordings = new ArrayList<>();
    for (Disk disk : disks) {
      List<Growth> growth = disk.recordings().stream().map(one -> growth(one, now)).toList();
      ofDisks.add(ofDisk(disk, growth, now));
      disk.recordings().forEach(one -> ofRecordings.add(ofRecording(one, disk, growth, now)));
    }
    return new Forecast(ofDisks, ofRecordings);
  }

  private static Growth growth(Growing recording, Instant now) {
    return new Growth(
        recording.rate(),
        recording.ownRemoval(now).map(Growing.Removal::seconds).orElse(Growing.NEVER));
  }

  private static OfDisk ofDisk(Disk disk, List<Growth> growth, Instant now) {
    OptionalInt keepFree =
        disk.recordings().stream()
            .flatMap(one -> Stream.ofNullable(one.request().keepFree()))
            .mapToInt(Integer::intValue)
            .max();
    // Each recording removes segments of its own only: the others go on.
    List<Growth> heedless =
        disk.recordings().stream()
            .filter(one -> one.request().keepFree() == null)
            .map(one -> growth(one, now))
            .toList();
    double full = secondsUntil((double) disk.freeBytes(), heedless);
    return new OfDisk(
        disk.path(),
        disk.totalBytes(),
        disk.freeBytes(),
        growth.stream().filter(one -> one.seconds() > 0).mapToDouble(Growth::bytesPerSecond).sum(),
        foreseeable(full),
        keepFree.isPresent() ? keepFree.getAsInt() : null,
        keepFree.isPresent()
            ? foreseeable(secondsUntil(above(disk, keepFree.getAsInt()), growth))
            : null);
  }

  private static OfRecording ofRecording(
      Growing recording, Disk disk, List<Growth> growth, Instant now) {
    Optional<Growing.Removal> byFree =
        Optional.ofNullable(recording.request().keepFree())
            .map(percent -> secondsUntil(above(disk, percent), growth))
            .map(seconds -> new Growing.Removal(seconds, "free"));
    Optional<Growing.Removal> removal =
        Stream.concat(recording.ownRemoval(now).stream(), byFree.stream())
            .filter(one -> one.seconds() <= FAR)
            .min(Comparator.comparingDouble(Growing.Removal::seconds));
    return new OfRecording(
        recording.id(),
        maybe(recording.bytesPerSecond()),
        maybe(recording.reach(now)),
        maybe(recording.reachInTheEnd()),
        removal.map(Growing.Removal::seconds).orElse(null),
        removal.map(Growing.Removal::by).orElse(null));
  }

  /** So much can be written until no more than that percentage is free. */
  private static double above(Disk disk, int percent) {
    return disk.freeBytes() - (double) disk.totalBytes() * percent / PERCENT;
  }

  /**
   * When all together have grown by so many bytes, if ever.
   *
   * @param growth each for as long as it lasts
   */
  static double secondsUntil(double bytes, List<Growth> growth) {
    List<Growth> left = new ArrayList<>(growth);
    left.sort(Comparator.comparingDouble(Growth::seconds));
    double passed = 0;
    double missing = bytes;
    while (missing > 0 && !left.isEmpty()) {
      double rate = left.stream().mapToDouble(Growth::bytesPerSecond).sum();
      double step = left.removeFirst().seconds() - passed;
      if (rate > 0 && missing <= rate * step) {
        return passed + missing / rate;
      }
      if (rate > 0) {
        missing -= rate * step;
      }
      passed += step;
    }
    return missing > 0 ? Growing.NEVER : passed;
  }

  private static @Nullable Double foreseeable(double seconds) {
    return seconds <= FAR ? seconds : null;
  }

  private static @Nullable Double maybe(OptionalDouble value) {
    return value.isPresent() ? value.getAsDouble() : null;
  }
}
