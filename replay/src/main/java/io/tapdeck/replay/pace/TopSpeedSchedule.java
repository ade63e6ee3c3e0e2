package io.tapdeck.replay.pace;

/** Every frame is due from the beginning. */
final class TopSpeedSchedule implements Schedule {
  @Override
  public long due(long timestampNanos, int length) {
    return 0;
  }

  @Override
  public void skip(long timestampNanos) {
    // Nothing depends on it.
  }

  @Override
  public void beginFile() {
    // Nothing depends on it.
  }

  @Override
  public void beginLoop() {
    // Nothing depends on it.
  }

  @Override
  public boolean hasDeadlines() {
    return false;
  }
}
