package io.tapdeck.replay.pace;

import java.math.BigDecimal;

/** How fast to play. */
public sealed interface Pace {
  /**
   * A pace that is faster, or slower; the fastest or slowest there is, if it would be beyond that.
   * Top speed stays what it is.
   *
   * @param numerator 1 to 1000, over {@code denominator}, 1 to 1000: what the rate is multiplied by
   */
  default Pace scaled(int numerator, int denominator) {
    return switch (this) {
      case Original original ->
          new Original(
              multiplied(
                  original.millionths, numerator, denominator, Original.SLOWEST, Original.FASTEST));
      case PacketsPerSecond packets ->
          new PacketsPerSecond(
              multiplied(packets.rate, numerator, denominator, 1, PacketsPerSecond.FASTEST));
      case BitRate bits ->
          new BitRate(multiplied(bits.kilobits, numerator, denominator, 1, BitRate.FASTEST));
      case TopSpeed topSpeed -> topSpeed;
    };
  }

  /**
   * With the gaps that the frames had when they were captured.
   *
   * @param millionths the speed in millionths of the original, {@value #SLOWEST} (a thousandth) to
   *     {@value #FASTEST} (a thousandfold); an integer, so that deadlines are exact
   */
  record Original(long millionths) implements Pace {
    public static final long UNCHANGED = 1_000_000;
    public static final long SLOWEST = UNCHANGED / 1_000;
    public static final long FASTEST = UNCHANGED * 1_000;

    public Original {
      requireWithin("a speed in millionths", millionths, SLOWEST, FASTEST);
    }

    /**
     * The pace for a speed such as 0.5, half as fast as captured.
     *
     * @param speed 0.001 to 1000, with at most six decimals
     * @throws IllegalArgumentException for others
     */
    public static Original ofSpeed(BigDecimal speed) {
      return new Original(inUnits("a speed", speed, UNCHANGED, SLOWEST, FASTEST));
    }
  }

  /**
   * As many frames each second, evenly spaced.
   *
   * @param rate frames a second, 1 to {@value #FASTEST}
   */
  record PacketsPerSecond(long rate) implements Pace {
    public static final long FASTEST = 1_000_000_000;

    public PacketsPerSecond {
      requireWithin("a rate in packets per second", rate, 1, FASTEST);
    }

    /** Nanoseconds between two frames; 0 if that is no whole number. */
    long evenGap() {
      return FASTEST % rate == 0 ? FASTEST / rate : 0;
    }
  }

  /**
   * As many bits each second: a frame is due when those before it are through at that rate. Counted
   * are the bytes that are handed over, from the Ethernet header on, without preamble, frame check
   * sequence and inter-frame gap.
   *
   * @param kilobits thousands of bits a second, 1 to {@value #FASTEST}
   */
  record BitRate(long kilobits) implements Pace {
    public static final long KILOBITS_PER_MEGABIT = 1_000;

    /** A terabit a second. */
    public static final long FASTEST = 1_000_000_000;

    public BitRate {
      requireWithin("a rate in kbit/s", kilobits, 1, FASTEST);
    }

    /**
     * The pace for a rate in megabits (10^6) a second.
     *
     * @param megabits 0.001 to 1000000, with at most three decimals
     * @throws IllegalArgumentException for others
     */
    public static BitRate ofMegabits(BigDecimal megabits) {
      return new BitRate(inUnits("a rate in Mbit/s", megabits, KILOBITS_PER_MEGABIT, 1, FASTEST));
    }
  }

  /** As fast as the interface takes the frames. */
  record TopSpeed() implements Pace {}

  private static long multiplied(
      long value, int numerator, int denominator, long least, long most) {
    long exact = value * numerator;
    // Never by less than the smallest step: else a slow rate would stay where it is.
    long result =
        numerator > denominator
            ? Math.max(value + 1, exact / denominator)
            : Math.min(value - 1, Math.ceilDiv(exact, denominator));
    return Math.clamp(result, least, most);
  }

  private static void requireWithin(String what, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          what + " is between " + least + " and " + most + ", not " + value);
    }
  }

  private static long inUnits(String what, BigDecimal value, long scale, long least, long most) {
    BigDecimal one = BigDecimal.valueOf(scale);
    BigDecimal lowest = BigDecimal.valueOf(least).divide(one);
    BigDecimal highest = BigDecimal.valueOf(most).divide(one);
    // Compared before it is scaled: 1E+999999999 has few digits until it is made a long.
    if (value.compareTo(lowest) < 0 || value.compareTo(highest) > 0) {
      throw new IllegalArgumentException(
          "%s is between %s and %s, not %s"
              .formatted(what, lowest.toPlainString(), highest.toPlainString(), value));
    }
    try {
      return value.multiply(one).longValueExact();
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "%s has at most %d decimals, not as many as %s"
              .formatted(what, one.precision() - 1, value),
          e);
    }
  }
}
