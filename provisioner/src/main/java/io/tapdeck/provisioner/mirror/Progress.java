package io.tapdeck.provisioner.mirror;

/** What an agent read back of the part that its host plays. */
public enum Progress {
  /** All of it is there and right. */
  READY,
  /** All of it is there, but not all copies came through whole. */
  DEGRADED,
  /** Something outside is missing that may come by itself. */
  WAITING,
  /** It could not be made. */
  ERROR,
  /** Nothing of it is left. */
  GONE;

  /** Whether all of it is there. */
  boolean isDone() {
    return this == READY || this == DEGRADED;
  }
}
