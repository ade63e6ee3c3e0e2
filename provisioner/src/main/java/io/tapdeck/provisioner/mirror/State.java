package io.tapdeck.provisioner.mirror;

import java.util.Locale;

/** How a service or a flow stands. */
public enum State {
  /** Not wanted now. */
  DISABLED,
  /** Wanted; not every host concerned has reported on it yet. */
  PENDING,
  /** Every hop, on every host concerned, was read back and is right. */
  ACTIVE,
  /** As active, but not all copies came through whole. */
  DEGRADED,
  /** Something is missing that may come by itself, such as a guest that is off. */
  WAITING,
  /** It cannot be done. */
  ERROR;

  /** As it is shown: in lower case. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
