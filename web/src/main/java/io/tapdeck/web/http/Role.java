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
  /** Records, replays, mirrors, downloads. */
  OPERATOR,
  /** Manages users too. */
  ADMIN;

  /** Whether somebody of this role may do what {@code needed} may. */
  public boolean covers(Role needed) {
    return compareTo(needed) >= 0;
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
            new IllegalArgumentException("there is no such role: give viewer, operator or admin"));
  }
}
