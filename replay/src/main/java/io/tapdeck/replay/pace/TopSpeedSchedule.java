package io.tapdeck.replay.pace;

/** Every frame is due at once. */
final class TopSpeedSchedule implements Schedule {
  @Override
  public long due(long captured, int length) {
    return 0;
  }

  @Override
  public void begin(long captured) {
    // It is always at its beginning.
  }

  @Override
  public void follow(long captured, int length) {
    // It is always at its beginning.
  }

  @Override
  public boolean keepsGaps() {
    return false;
  }

  @Override
  public boolean hasDeadlines() {
    return false;
  }
}
