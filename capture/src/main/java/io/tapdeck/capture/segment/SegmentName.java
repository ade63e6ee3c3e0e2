package io.tapdeck.capture.segment;

import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a segment: when it was opened, and its number. Names sort by time, and hold no
 * character that some file system or shell minds: {@code 20261123T135719.123456789Z-000001.pcap}.
 *
 * @param opened the time stamp of its first frame
 * @param number counts the segments of a directory, from 1
 */
public record SegmentName(Instant opened, int number) {
  /**
   * How much older than the first frame a frame of the same segment may be, in nanoseconds:
   * processors' clocks differ a little. A recorder puts what is older, because the clock was set
   * back, into a new segment; so recovery knows that what seems older is no frame.
   */
  public static final long SLACK_NANOS = 1_000_000_000L;

  /** What the name of a segment's sidecar has after the segment's. */
  public static final String SIDECAR = ".json";

  /**
   * As they were written: numbers only rise in a directory, while the clock may have been ahead and
   * was set back. Of the same number, which somebody has brought in, by opening time.
   */
  static final Comparator<SegmentName> OLDEST_FIRST =
      Comparator.comparingInt(SegmentName::number).thenComparing(SegmentName::opened);

  /** The last second that a pcap file has a number for, in the year 2106. */
  private static final long LARGEST_SECONDS = 0xFFFF_FFFFL;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.SSSSSSSSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);
  private static final Pattern FORM =
      Pattern.compile("(\\d{8}T\\d{6}\\.\\d{9}Z)-(\\d{6,9})\\.pcap");

  private static final String UNFINISHED = ".part";

  /** Reads a final name, without directory; empty if it is none of ours. */
  static Optional<SegmentName> parse(String fileName) {
    Matcher form = FORM.matcher(fileName);
    if (!form.matches()) {
      return Optional.empty();
    }
    try {
      Instant opened = Instant.from(TIME.parse(form.group(1)));
      long seconds = opened.getEpochSecond();
      if (seconds < 0 || seconds > LARGEST_SECONDS) {
        return Optional.empty();
      }
      return Optional.of(new SegmentName(opened, Integer.parseInt(form.group(2))));
    } catch (DateTimeParseException noSuchTime) {
      return Optional.empty();
    }
  }

  /** Reads the name of a complete segment's sidecar; empty if it is none of ours. */
  public static Optional<SegmentName> ofSidecar(String fileName) {
    return fileName.endsWith(SIDECAR)
        ? parse(fileName.substring(0, fileName.length() - SIDECAR.length()))
        : Optional.empty();
  }

  /** Reads the name of any file that belongs to a segment; empty if it is none of ours. */
  static Optional<SegmentName> ofAnyFile(String fileName) {
    int end = fileName.indexOf(".pcap");
    return end < 0 ? Optional.empty() : parse(fileName.substring(0, end + ".pcap".length()));
  }

  /** The name of the complete segment. */
  public String fileName() {
    return String.format(Locale.ROOT, "%s-%06d.pcap", TIME.format(opened), number);
  }

  /** Where the complete segment is. */
  public Path in(Path directory) {
    return directory.resolve(fileName());
  }

  /** Where the segment is while it is written. */
  public Path unfinishedIn(Path directory) {
    return directory.resolve(fileName() + UNFINISHED);
  }

  /** Where the complete segment's sidecar is. */
  public Path sidecarIn(Path directory) {
    return directory.resolve(fileName() + SIDECAR);
  }

  /** Where the sidecar is until the segment is complete. */
  Path unfinishedSidecarIn(Path directory) {
    return directory.resolve(fileName() + SIDECAR + UNFINISHED);
  }

  /** Where a sidecar is while it is written; of no worth after a crash. */
  Path draftSidecarIn(Path directory) {
    return directory.resolve(fileName() + SIDECAR + ".draft");
  }
}
