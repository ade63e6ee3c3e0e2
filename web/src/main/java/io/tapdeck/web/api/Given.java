package io.tapdeck.web.api;

import java.util.List;
import java.util.Objects;
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

  /**
   * Checks a list, if there is one.
   *
   * @throws IllegalArgumentException if an element is null; told as 400
   */
  static void elements(String name, @Nullable List<String> values) {
    if (values != null && values.stream().anyMatch(Objects::isNull)) {
      throw new IllegalArgumentException("an element of '" + name + "' is null");
    }
  }
}
