package io.tapdeck.replay.rewrite;

/** Who sent a frame, where a replay plays both sides of its conversations. */
public enum Side {
  /** Who begins conversations; everybody, where sides are not told apart. */
  CLIENT,
  /** Who is asked. */
  SERVER
}
