package io.tapdeck.replay.pace;

/** Frame {@code n} is due {@code n / rate} seconds after the first. */
final class PacketRateSchedule implements Schedule {
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private final long rate;

  /** Whole seconds, as nanoseconds, and the frames since: so nothing grows but the answer. */
  private long seconds;

  private long frames;

  PacketRateSchedule(long rate) {
    this.rate = rate;
  }

  /** For tests: as if {@code sent} frames had been sent before. */
  PacketRateSchedule(long rate, long sent) {
    this(rate);
    seconds = Ratio.multiply(sent / rate, NANOS_PER_SECOND, 1);
    frames = sent % rate;
  }

  @Override
  public long due(long captured, int length) {
    // Both factors are at most 10^9.
    long due = seconds + frames * NANOS_PER_SECOND / rate;
    frames++;
    if (frames == rate) {
      frames = 0;
      seconds = Math.min(seconds + NANOS_PER_SECOND, LATEST);
    }
    return Math.min(due, LATEST);
  }

  @Override
  public void begin(long captured) {
    seconds = 0;
    frames = 0;
  }

  @Override
  public void follow(long captured, int length) {
    begin(captured);
    long ignored = due(captured, length);
    assert ignored == 0;
  }

  @Override
  public boolean keepsGaps() {
    return false;
  }

  @Override
  public boolean hasDeadlines() {
    return true;
  }
}
