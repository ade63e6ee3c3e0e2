package io.tapdeck.replay;

import io.tapdeck.replay.pace.Pace;
import io.tapdeck.replay.pace.StopFlag;

/**
 * What a player was asked for. Any thread may ask; the player looks between two frames, and is
 * called if it waits.
 */
final class Orders {
  private final StopFlag flag = new StopFlag();
  private volatile Pace pace;
  private volatile boolean paused;

  /** Frames to be sent while paused; belongs to this object's monitor. */
  private long steps;

  /**
   * @param pace how fast to begin
   * @param paused whether to begin paused
   */
  Orders(Pace pace, boolean paused) {
    this.pace = pace;
    this.paused = paused;
  }

  /** Reaches the player. */
  StopFlag flag() {
    return flag;
  }

  /** How fast to play. */
  Pace pace() {
    return pace;
  }

  /** Whether to send nothing but {@linkplain #takeSteps steps}. */
  boolean paused() {
    return paused;
  }

  /** The frames that are to be sent while paused, each time they are asked for. */
  synchronized long takeSteps() {
    long taken = steps;
    steps = 0;
    return taken;
  }

  synchronized void play(Pace wanted) {
    pace = wanted;
    flag.call();
  }

  /** See {@link Pace#scaled}. */
  synchronized Pace scale(int numerator, int denominator) {
    pace = pace.scaled(numerator, denominator);
    flag.call();
    return pace;
  }

  synchronized void pause() {
    paused = true;
    flag.call();
  }

  synchronized void resume() {
    steps = 0;
    paused = false;
    flag.call();
  }

  synchronized void step(long frames) {
    paused = true;
    steps = Math.min(steps + frames, Long.MAX_VALUE / 2);
    flag.call();
  }
}
