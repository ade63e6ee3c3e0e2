package io.tapdeck.replay.pace;

/** Frame {@code n} is due {@code n / rate} seconds after the first. */
final class PacketRateSchedule implements Schedule {
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private final long rate;
  private long frames;

  PacketRateSchedule(long rate) {
    this(rate, 0);
  }

  /** For tests: as if {@code frames} had been sent before. */
  PacketRateSchedule(long rate, long frames) {
    this.rate = rate;
    this.frames = frames;
  }

  @Override
  public long due(long timestampNanos, int length) {
    return Ratio.multiply(frames++, NANOS_PER_SECOND, rate);
  }

  @Override
  public void skip(long timestampNanos) {
    // It takes no place among those that are sent evenly.
  }

  @Override
  public void beginFile() {
    // The rate goes on.
  }

  @Override
  public void beginLoop() {
    // The rate goes on.
  }

  @Override
  public boolean hasDeadlines() {
    return true;
  }
}
