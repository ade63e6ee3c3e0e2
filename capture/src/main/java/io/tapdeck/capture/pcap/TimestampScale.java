package io.tapdeck.capture.pcap;

/**
 * What the times of a pcapng interface count: ticks of a negative power of 10 or 2 of a second,
 * from some seconds after or before 1970. Any 64 bits are converted, without overflow; a time that
 * nanoseconds since 1970 cannot tell is given as the nearest that they can.
 */
final class TimestampScale {
  private static final int BASE_TWO = 0x80;
  private static final long NANOS_PER_SECOND = PcapFormat.NANOS_PER_SECOND;
  private static final int NANO_EXPONENT = PcapngFormat.RESOLUTION_NANOSECONDS;

  /** 10 to this power fits 64 unsigned bits, to no higher. */
  private static final int LARGEST_EXPONENT = 19;

  private static final long LARGEST_SECONDS = Long.MAX_VALUE / NANOS_PER_SECOND;

  private final boolean decimal;
  private final int exponent;
  private final long offsetSeconds;

  /** How many nanoseconds a tick has, where that is all there is to it, and for how many ticks. */
  private final long nanosPerTick;

  private final long mostTicks;

  /**
   * @param resolution the value of {@link PcapngFormat#INTERFACE_RESOLUTION}
   * @param offsetSeconds the value of {@link PcapngFormat#INTERFACE_TIME_OFFSET}
   */
  TimestampScale(byte resolution, long offsetSeconds) {
    this.decimal = (resolution & BASE_TWO) == 0;
    this.exponent = resolution & (BASE_TWO - 1);
    this.offsetSeconds = offsetSeconds;
    boolean simple = decimal && exponent <= NANO_EXPONENT && offsetSeconds == 0;
    this.nanosPerTick = simple ? powerOfTen(NANO_EXPONENT - exponent) : 0;
    this.mostTicks = simple ? Long.MAX_VALUE / nanosPerTick : -1;
  }

  /** Whether times are in nanoseconds since 1970 as they are. */
  boolean isNanoseconds() {
    return nanosPerTick == 1;
  }

  /**
   * Nanoseconds since 1970, 0 to {@link Long#MAX_VALUE}.
   *
   * @param ticks 64 unsigned bits
   */
  long toNanos(long ticks) {
    if (ticks >= 0 && ticks <= mostTicks) {
      return ticks * nanosPerTick;
    }
    long seconds = seconds(ticks);
    if (offsetSeconds >= 0) {
      seconds += offsetSeconds;
      // Not less than either, or it has wrapped around.
      if (Long.compareUnsigned(seconds, offsetSeconds) < 0) {
        return Long.MAX_VALUE;
      }
    } else if (Long.compareUnsigned(seconds, -offsetSeconds) < 0) {
      return 0;
    } else {
      seconds += offsetSeconds;
    }
    if (Long.compareUnsigned(seconds, LARGEST_SECONDS) > 0) {
      return Long.MAX_VALUE;
    }
    long nanos = seconds * NANOS_PER_SECOND + nanosOfSecond(ticks);
    return nanos < 0 ? Long.MAX_VALUE : nanos;
  }

  /** Whole seconds, unsigned. */
  private long seconds(long ticks) {
    if (decimal) {
      return exponent > LARGEST_EXPONENT ? 0 : Long.divideUnsigned(ticks, powerOfTen(exponent));
    }
    return exponent >= Long.SIZE ? 0 : ticks >>> exponent;
  }

  private long nanosOfSecond(long ticks) {
    return decimal ? decimalNanosOfSecond(ticks) : binaryNanosOfSecond(ticks);
  }

  private long decimalNanosOfSecond(long ticks) {
    long rest =
        exponent > LARGEST_EXPONENT ? ticks : Long.remainderUnsigned(ticks, powerOfTen(exponent));
    if (exponent <= NANO_EXPONENT) {
      return rest * powerOfTen(NANO_EXPONENT - exponent);
    }
    int finer = exponent - NANO_EXPONENT;
    return finer > LARGEST_EXPONENT ? 0 : Long.divideUnsigned(rest, powerOfTen(finer));
  }

  private long binaryNanosOfSecond(long ticks) {
    if (exponent == 0) {
      return 0;
    }
    // 128 bits: the rest times the nanoseconds of a second, shifted right.
    if (exponent >= Long.SIZE) {
      return Math.unsignedMultiplyHigh(ticks, NANOS_PER_SECOND) >>> (exponent - Long.SIZE);
    }
    long rest = ticks & ((1L << exponent) - 1);
    long high = Math.unsignedMultiplyHigh(rest, NANOS_PER_SECOND);
    return high << (Long.SIZE - exponent) | (rest * NANOS_PER_SECOND) >>> exponent;
  }

  private static long powerOfTen(int exponent) {
    long power = 1;
    for (int times = 0; times < exponent; times++) {
      power *= 10;
    }
    return power;
  }
}
