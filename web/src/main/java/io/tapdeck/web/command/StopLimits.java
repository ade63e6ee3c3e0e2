package io.tapdeck.web.command;

import io.tapdeck.capture.recording.StopLimit;
import io.tapdeck.capture.unit.DataSize;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads what ends a recording: {@code 10s} (a time), {@code 1GiB} (a size), {@code 1000p}. */
final class StopLimits implements ITypeConverter<StopLimit> {
  private static final Pattern PACKETS = Pattern.compile("(\\d{1,18})p");

  /** A user of other tools would mean seconds, or packets. */
  private static final Pattern BARE = Pattern.compile("\\d+");

  private static final Pattern TIME = Pattern.compile(".*(?:ms|s|m|h|d)");

  @Override
  public StopLimit convert(String text) {
    try {
      Matcher packets = PACKETS.matcher(text);
      if (packets.matches()) {
        return new StopLimit.Packets(Long.parseLong(packets.group(1)));
      }
      if (TIME.matcher(text).matches()) {
        return new StopLimit.Time(new Durations().convert(text));
      }
      if (BARE.matcher(text).matches()) {
        throw new IllegalArgumentException("'%s' has no unit".formatted(text));
      }
      return new StopLimit.Size(DataSize.parse(text));
    } catch (IllegalArgumentException wrong) {
      throw new TypeConversionException(
          wrong.getMessage() + " (a limit is a time like 10s, a size like 1GiB, or 1000p packets)");
    }
  }
}
