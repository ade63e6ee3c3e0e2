package io.tapdeck.capture.recording;

/**
 * Makes a 64-bit counter of one that wraps at 2^32: it adds the difference from one reading to the
 * next, so readings must be less than 2^32 events apart (libpcap's {@code u_int} counters; read
 * once a second, that is any link's rate).
 */
final class ExtendedCounter {
  private int lastReading;
  private long value;

  /**
   * @param firstReading what counts as 0
   */
  ExtendedCounter(int firstReading) {
    lastReading = firstReading;
  }

  /** Takes a reading of the 32-bit counter. */
  void read(int reading) {
    value += Integer.toUnsignedLong(reading - lastReading);
    lastReading = reading;
  }

  /** Events since the first reading, as of the last one. */
  long value() {
    return value;
  }
}
