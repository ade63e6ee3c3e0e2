package io.tapdeck.web.api;

import org.jspecify.annotations.Nullable;

/** Checks that what a body must have is there. */
final class Given {
  private Given() {}

  /**
   * The value of a field.
   *
   * @throws IllegalArgumentException if there is none; told as 400
   */
  static <T> T field(String name, @Nullable T value) {
    if (value == null) {
      throw new IllegalArgumentException("the field '" + name + "' is missing");
    }
    return value;
  }
}
