package io.tapdeck.web.forecast;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What is wrong, or soon will be, with disks. */
public final class DiskAlerts {
  private static final double SOON = Duration.ofHours(24).toSeconds();
  private static final double VERY_SOON = Duration.ofHours(1).toSeconds();
  private static final int PERCENT = 100;
  private static final int SCARCE_PERCENT = 5;
  private static final String MAKE_ROOM =
      "Let recordings keep less (at a recording: Change what is kept), or delete some.";

  private DiskAlerts() {}

  /** Looks at all. */
  public static List<Alert> of(Forecast forecast) {
    List<Alert> alerts = new ArrayList<>();
    for (Forecast.OfDisk disk : forecast.disks()) {
      Double full = disk.fullInSeconds();
      if (full != null && full < SOON) {
        String says =
            full == 0
                ? "The disk of " + disk.path() + " is full"
                : "The disk of " + disk.path() + " is full in about " + words(full);
        alerts.add(
            full < VERY_SOON
                ? Alert.critical(null, says, MAKE_ROOM)
                : Alert.warning(null, says, MAKE_ROOM));
      } else if (isScarce(disk) && !isKeptSo(disk)) {
        alerts.add(
            Alert.warning(
                null,
                "Less than %d %% of the disk of %s is free".formatted(SCARCE_PERCENT, disk.path()),
                MAKE_ROOM));
      }
    }
    return alerts;
  }

  /** Whether recordings are to leave no more free than there is. */
  private static boolean isKeptSo(Forecast.OfDisk disk) {
    Integer keepFree = disk.keepFree();
    return keepFree != null && disk.freeBytes() >= disk.totalBytes() / PERCENT * keepFree;
  }

  private static boolean isScarce(Forecast.OfDisk disk) {
    return disk.freeBytes() < disk.totalBytes() / PERCENT * SCARCE_PERCENT;
  }

  /** To two units: {@code 3 h 20 min}. */
  private static String words(double seconds) {
    Duration time = Duration.ofSeconds(Math.max(1, (long) seconds));
    if (time.toHours() > 0) {
      return time.toHours() + " h " + time.toMinutesPart() + " min";
    }
    return time.toMinutes() > 0
        ? time.toMinutes() + " min " + time.toSecondsPart() + " s"
        : time.toSeconds() + " s";
  }
}
