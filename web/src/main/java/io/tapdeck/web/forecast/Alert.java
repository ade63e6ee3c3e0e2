package io.tapdeck.web.forecast;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Something that somebody should see to.
 *
 * @param level how bad it is
 * @param recording which one it is about; null if about none
 * @param says what is wrong, a sentence for people
 * @param todo what to do about it, likewise
 */
public record Alert(Level level, @Nullable UUID recording, String says, String todo) {
  /** How bad it is. */
  public enum Level {
    /** Packets are being lost, or soon will be. */
    CRITICAL,
    WARNING
  }

  static Alert critical(@Nullable UUID recording, String says, String todo) {
    return new Alert(Level.CRITICAL, recording, says, todo);
  }

  static Alert warning(@Nullable UUID recording, String says, String todo) {
    return new Alert(Level.WARNING, recording, says, todo);
  }
}
