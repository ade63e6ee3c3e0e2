package io.tapdeck.web.job;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How a replay stands. */
public enum ReplayState {
  /** Its player is being started. */
  STARTING,
  PLAYING,
  /** It waits to be resumed, or to be told to send the next frames. */
  PAUSED,
  /** Its player was told to come to its end. */
  STOPPING,
  /** All was played. */
  DONE,
  /** It was told to end before all was played. */
  STOPPED,
  /** It could not be played, or not to its end. */
  FAILED,
  /** Its player ended without a word. */
  INTERRUPTED;

  /** Whether nothing more comes of it. */
  public boolean isOver() {
    return compareTo(STOPPING) > 0;
  }

  /** As it is shown: in lower case. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The state that is shown so.
   *
   * @throws IllegalArgumentException if none is
   */
  @JsonCreator
  static ReplayState of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
