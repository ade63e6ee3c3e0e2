package io.tapdeck.web.job;

import java.util.Locale;

/** How a recording stands. */
public enum RecordingState {
  /** Its first recorder is being started, or found again. */
  STARTING,
  RECORDING,
  /** It should be recording, and cannot now; it is tried again. */
  WAITING,
  /** Its recorder was told to come to its end. */
  STOPPING,
  ENDED;

  /** As it is shown: in lower case. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
