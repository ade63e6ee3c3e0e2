package io.tapdeck.provisioner.mirror;

/** What an agent read back of the part that its host plays. */
public enum Progress {
  /** All of it is there and right. */
  READY,
  /** Something outside is missing that may come by itself. */
  WAITING,
  /** It could not be made. */
  ERROR,
  /** Nothing of it is left. */
  GONE
}
