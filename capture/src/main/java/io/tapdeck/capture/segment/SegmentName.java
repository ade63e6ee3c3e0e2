package io.tapdeck.capture.segment;

import io.tapdeck.capture.archive.Compression;
import java.nio.file.Files;
import java.nio.file.LinkOption;
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
 * The name of a segment: when it was opened, its number, and its format. Names sort by time, and
 * hold no character that some file system or shell minds: {@code
 * 20261123T135719.123456789Z-000001.pcap}.
 *
 * <p>The files of a segment X.pcap, of which there is one of the first three once it is complete:
 *
 * <pre>
 * X.pcap                          the frames
 * X.pcap.zst, X.pcap.gz           the same, compressed
 * X.pcap.json                     the sidecar, whether compressed or not
 * X.pcap.part                     the frames while they are written
 * X.pcap.zst.part, X.pcap.gz.part while it is being compressed
 * X.pcap.json.part                the sidecar until the segment is complete
 * X.pcap.json.draft               a sidecar while it is written
 * </pre>
 *
 * @param opened the time stamp of its first frame
 * @param number counts the segments of a directory, whatever their format, from 1
 * @param format of its file
 */
public record SegmentName(Instant opened, int number, SegmentFormat format) {
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
      Comparator.comparingInt(SegmentName::number)
          .thenComparing(SegmentName::opened)
          .thenComparing(SegmentName::format);

  /** The last second that a pcap file has a number for, in the year 2106. */
  private static final long LARGEST_SECONDS = 0xFFFF_FFFFL;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.SSSSSSSSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);
  private static final Pattern FORM =
      Pattern.compile(
          "(\\d{8}T\\d{6}\\.\\d{9}Z)-(\\d{6,9})\\.(pcap(?:ng)?)(\\..*)?", Pattern.DOTALL);

  private static final String UNFINISHED = ".part";

  /** Of a pcap file. */
  public SegmentName(Instant opened, int number) {
    this(opened, number, SegmentFormat.PCAP);
  }

  /** Reads the name of a complete segment that is not compressed; empty if it is none of ours. */
  static Optional<SegmentName> parse(String fileName) {
    return read(fileName, "");
  }

  /** Reads the name of a complete segment, compressed or not; empty if it is none of ours. */
  public static Optional<SegmentName> ofComplete(String fileName) {
    return read(fileName, Compression.ofFileName(fileName).suffix());
  }

  /** Reads the name of a complete segment's sidecar; empty if it is none of ours. */
  public static Optional<SegmentName> ofSidecar(String fileName) {
    return read(fileName, SIDECAR);
  }

  /** Reads the name of any file that belongs to a segment; empty if it is none of ours. */
  static Optional<SegmentName> ofAnyFile(String fileName) {
    Matcher form = FORM.matcher(fileName);
    return form.matches() ? read(form) : Optional.empty();
  }

  /** Whether a file of this name is one of a segment's, complete or not. */
  public static boolean belongs(String fileName) {
    return ofAnyFile(fileName).isPresent();
  }

  private static Optional<SegmentName> read(String fileName, String suffix) {
    Matcher form = FORM.matcher(fileName);
    if (!form.matches()) {
      return Optional.empty();
    }
    String rest = form.group(4);
    return suffix.equals(rest == null ? "" : rest) ? read(form) : Optional.empty();
  }

  private static Optional<SegmentName> read(Matcher form) {
    try {
      Instant opened = Instant.from(TIME.parse(form.group(1)));
      long seconds = opened.getEpochSecond();
      if (seconds < 0 || seconds > LARGEST_SECONDS) {
        return Optional.empty();
      }
      int number = Integer.parseInt(form.group(2));
      return Optional.of(new SegmentName(opened, number, SegmentFormat.ofExtension(form.group(3))));
    } catch (DateTimeParseException noSuchTime) {
      return Optional.empty();
    }
  }

  /** The name of the complete segment while it is not compressed. */
  public String fileName() {
    return String.format(
        Locale.ROOT, "%s-%06d.%s", TIME.format(opened), number, format.extension());
  }

  /** The name of the complete segment. */
  public String fileName(Compression compression) {
    return fileName() + compression.suffix();
  }

  /** Where the complete segment is in this form. */
  public Path in(Path directory, Compression compression) {
    return directory.resolve(fileName(compression));
  }

  /** Where the segment is while it is being compressed; of no worth after a crash. */
  Path draftIn(Path directory, Compression compression) {
    return directory.resolve(fileName(compression) + UNFINISHED);
  }

  /**
   * Where the complete segment is, in whatever form; as long as it is there uncompressed, that.
   *
   * @return empty if it is not there; a link is none
   */
  public Optional<Path> findIn(Path directory) {
    for (Compression compression : Compression.values()) {
      Path file = in(directory, compression);
      if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }

  /** Where the complete segment is while it is not compressed. */
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
