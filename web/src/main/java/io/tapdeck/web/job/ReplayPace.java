package io.tapdeck.web.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.tapdeck.replay.pace.Pace;
import java.math.BigDecimal;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How fast to play: one of these, and no other.
 *
 * @param speed so many times as fast as it was captured
 * @param pps frames a second
 * @param mbps megabits a second
 * @param topspeed true: as fast as the interface takes the frames
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ReplayPace(
    @Nullable BigDecimal speed,
    @Nullable Long pps,
    @Nullable BigDecimal mbps,
    @Nullable Boolean topspeed) {
  /** As it was captured. */
  public static final ReplayPace UNCHANGED = new ReplayPace(BigDecimal.ONE, null, null, null);

  /**
   * @throws IllegalArgumentException if a value is out of bounds; the message is for people
   */
  public ReplayPace {
    if (Stream.of(speed, pps, mbps, topspeed).filter(Objects::nonNull).count() != 1
        || Boolean.FALSE.equals(topspeed)) {
      throw new IllegalArgumentException(
          "a pace is one of speed, pps, mbps, and topspeed (true): give one");
    }
    Objects.requireNonNull(pace(speed, pps, mbps));
  }

  /** The same, as a player takes it. */
  public Pace pace() {
    return pace(speed, pps, mbps);
  }

  private static Pace pace(
      @Nullable BigDecimal speed, @Nullable Long pps, @Nullable BigDecimal mbps) {
    if (speed != null) {
      return Pace.Original.ofSpeed(speed);
    }
    if (pps != null) {
      return new Pace.PacketsPerSecond(pps);
    }
    return mbps == null ? new Pace.TopSpeed() : Pace.BitRate.ofMegabits(mbps);
  }

  /** The option of the command line that says the same. */
  String option() {
    if (speed != null) {
      return "--speed=" + speed.toPlainString();
    }
    if (pps != null) {
      return "--pps=" + pps;
    }
    return mbps == null ? "--topspeed" : "--mbps=" + mbps.toPlainString();
  }
}
