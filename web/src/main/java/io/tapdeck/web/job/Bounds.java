package io.tapdeck.web.job;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the words and numbers of a request must be, checked once, here, whether they come from a
 * client or from a file. Each throws {@link IllegalArgumentException} with a sentence for people.
 */
public final class Bounds {
  private static final int LONGEST_NAME = 100;
  private static final int LONGEST_FILTER_BYTES = 4096;
  private static final int LONGEST_USER = 256;
  private static final Duration LONGEST_TIME = Duration.ofDays(3650);

  /** Also alternative names, which may be longer than the 15 bytes of the kernel's own. */
  private static final Pattern INTERFACE = Pattern.compile("(?!\\.{1,2}$)[^/\\s\\p{Cntrl}]{1,127}");

  private static final Pattern CONTROL = Pattern.compile(".*\\p{Cntrl}.*", Pattern.DOTALL);

  private Bounds() {}

  /** What has to be there. */
  public static <T> T given(String field, @Nullable T value) {
    if (value == null) {
      throw new IllegalArgumentException("the field '" + field + "' is missing");
    }
    return value;
  }

  /** A name that people give to something. */
  public static String name(@Nullable String asked) {
    String name = given("name", asked);
    if (name.isBlank() || name.length() > LONGEST_NAME || CONTROL.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "a name has 1 to " + LONGEST_NAME + " characters, and no control characters");
    }
    return name;
  }

  /** Who did something. */
  public static String user(@Nullable String given) {
    String user = given("createdBy", given);
    if (user.length() > LONGEST_USER) {
      throw new IllegalArgumentException("there is no such long user's name");
    }
    return user;
  }

  /** A name that an interface can have. */
  public static String interfaceName(@Nullable String asked) {
    String name = given("interface", asked);
    if (!INTERFACE.matcher(name).matches()) {
      throw new IllegalArgumentException("an interface cannot be called so: see 'ip link'");
    }
    return name;
  }

  /** A pcap-filter(7) expression, which may have several lines. */
  static String filter(@Nullable String filter) {
    String text = given("filter", filter);
    if (text.getBytes(StandardCharsets.UTF_8).length > LONGEST_FILTER_BYTES
        || CONTROL.matcher(text.replaceAll("[\r\n\t]", " ")).matches()) {
      throw new IllegalArgumentException(
          "a filter has at most " + LONGEST_FILTER_BYTES + " bytes, and no control characters");
    }
    return text;
  }

  static @Nullable Long atLeastOne(String field, @Nullable Long number) {
    if (number != null && number < 1) {
      throw new IllegalArgumentException(field + " is 1 or more, not " + number);
    }
    return number;
  }

  static @Nullable Duration time(String field, @Nullable Duration time) {
    if (time != null
        && (time.compareTo(Duration.ofMillis(1)) < 0
            || time.compareTo(LONGEST_TIME) > 0
            || time.toNanosPart() % 1_000_000 != 0)) {
      throw new IllegalArgumentException(
          field + " is between a millisecond and ten years, in whole milliseconds");
    }
    return time;
  }

  /** A length of time to the nanosecond. */
  static @Nullable Duration span(String field, @Nullable Duration time) {
    if (time != null && (time.isNegative() || time.compareTo(LONGEST_TIME) > 0)) {
      throw new IllegalArgumentException(field + " is between 0 and ten years");
    }
    return time;
  }

  /** The same, as the options of the command line take it. */
  static String exact(Duration time) {
    return BigDecimal.valueOf(time.toNanos(), 9).toPlainString() + "s";
  }

  /** As the options of the command line take it. */
  static String seconds(Duration time) {
    return BigDecimal.valueOf(time.toMillis(), 3).toPlainString() + "s";
  }

  static <T> Optional<T> maybe(@Nullable T value) {
    return Optional.ofNullable(value);
  }
}
