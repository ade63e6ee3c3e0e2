package io.tapdeck.capture.doctor;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What one check found.
 *
 * @param check what was looked at, in a word or two
 * @param found in one line
 * @param remedy what to do, the command where there is one; there is one unless all is good
 * @param figures what was read, by name, in the units of the names: a Boolean, Long or String each
 */
public record Finding(
    String check, Grade grade, String found, Optional<String> remedy, Map<String, Object> figures) {
  public Finding {
    figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
    if ((grade == Grade.GOOD) == remedy.isPresent()) {
      throw new IllegalArgumentException(check + ": what is not good, and only that, has a remedy");
    }
  }

  static Finding good(String check, String found) {
    return new Finding(check, Grade.GOOD, found, Optional.empty(), Map.of());
  }

  static Finding warn(String check, String found, String remedy) {
    return new Finding(check, Grade.WARN, found, Optional.of(remedy), Map.of());
  }

  static Finding bad(String check, String found, String remedy) {
    return new Finding(check, Grade.BAD, found, Optional.of(remedy), Map.of());
  }

  /** The same with one figure more. */
  Finding with(String name, Object figure) {
    Map<String, Object> more = new LinkedHashMap<>(figures);
    more.put(name, figure);
    return new Finding(check, grade, found, remedy, more);
  }
}
