package io.tapdeck.replay.transmit;

import java.util.Locale;

/**
 * What becomes of a frame that is longer than the interface's MTU allows, as captures have them
 * that were made where the kernel puts segments together (GRO) or has not yet cut them (TSO).
 */
public enum Oversize {
  /** It is skipped, and counted so. */
  SKIP,
  /** Its first bytes are sent, as many as the interface takes, and it is counted as cut. */
  TRUNCATE,
  /** The replay ends before it; it is counted as skipped. */
  REFUSE;

  /** The name that options have for it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
