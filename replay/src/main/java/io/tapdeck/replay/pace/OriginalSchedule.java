package io.tapdeck.replay.pace;

/** The gaps of the capture, divided by the speed. */
final class OriginalSchedule implements Schedule {
  private final long millionths;
  private long origin;

  OriginalSchedule(long millionths) {
    this.millionths = millionths;
  }

  @Override
  public long due(long captured, int length) {
    return Ratio.multiply(captured - origin, Pace.Original.UNCHANGED, millionths);
  }

  @Override
  public void begin(long captured) {
    origin = captured;
  }

  @Override
  public void follow(long captured, int length) {
    origin = captured;
  }

  @Override
  public boolean keepsGaps() {
    return true;
  }

  @Override
  public boolean hasDeadlines() {
    return true;
  }
}
