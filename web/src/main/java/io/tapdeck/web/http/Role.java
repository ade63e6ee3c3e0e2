package io.tapdeck.web.http;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;

/** Who may call a route. Each role may do what those before it may. */
public enum Role {
  /** Anybody, also without a session. */
  NOBODY,
  /** Sees everything but packets. */
  VIEWER,
  /** Downloads too, and replays to the interfaces that an administrator allows. */
  ANALYST,
  /** Records, replays and mirrors, wherever that is possible. */
  OPERATOR,
  /** Manages users too, and sees what everybody did. */
  ADMIN;

  /** Whether somebody of this role may do what {@code needed} may. */
  public boolean covers(Role needed) {
    return compareTo(needed) >= 0;
  }

  /** The one of both that may do less. */
  public Role lesser(Role other) {
    return covers(other) ? other : this;
  }

  /** As written in JSON and in the database. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The role that is written so.
   *
   * @throws IllegalArgumentException if none is
   */
  @JsonCreator
  public static Role of(String word) {
    return Arrays.stream(values())
        .filter(role -> role.word().equals(word))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "there is no such role: give viewer, analyst, operator or admin"));
  }
}
