package io.tapdeck.replay.pace;

/** The gaps of the capture, divided by the speed. */
final class OriginalSchedule implements Schedule {
  private final Timeline timeline = new Timeline();
  private final long millionths;

  OriginalSchedule(long millionths) {
    this.millionths = millionths;
  }

  @Override
  public long due(long timestampNanos, int length) {
    return Ratio.multiply(timeline.place(timestampNanos), Pace.Original.UNCHANGED, millionths);
  }

  @Override
  public void skip(long timestampNanos) {
    timeline.place(timestampNanos);
  }

  @Override
  public void beginFile() {
    timeline.beginFile();
  }

  @Override
  public void beginLoop() {
    timeline.beginLoop();
  }

  @Override
  public boolean hasDeadlines() {
    return true;
  }
}
