package io.tapdeck.capture.segment;

import io.tapdeck.capture.pcap.NotPcapException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The segment that a recorder is writing, as far as it was whole records when it was looked at. The
 * file goes on growing, and becomes the complete segment under another name; its beginning stays.
 *
 * @param file where it is while it is written
 * @param packets in its whole records
 * @param bytes of the file up to the end of these, its header among them
 */
public record UnfinishedSegment(SegmentName name, Path file, long packets, long bytes) {
  /**
   * Looks at the latest of a directory.
   *
   * @return empty if none is being written, or not even its header is there
   * @throws NoSuchFileException if it has become complete meanwhile: look again
   */
  public static Optional<UnfinishedSegment> find(Path directory) throws IOException {
    Optional<SegmentName> latest;
    try (Stream<Path> files = Files.list(directory)) {
      latest =
          files
              .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
              .flatMap(file -> name(file).stream())
              .max(Comparator.comparingInt(SegmentName::number));
    }
    if (latest.isEmpty()) {
      return Optional.empty();
    }
    SegmentName name = latest.get();
    Path file = name.unfinishedIn(directory);
    try {
      Contents whole = SegmentScan.of(file, name).contents();
      return Optional.of(new UnfinishedSegment(name, file, whole.packets(), whole.fileBytes()));
    } catch (NotPcapException justBegun) {
      if (justBegun.getCause() instanceof NoSuchFileException complete) {
        throw complete;
      }
      return Optional.empty();
    }
  }

  /** The name of the segment that a file is while it is written; empty if it is another file. */
  private static Optional<SegmentName> name(Path file) {
    return SegmentName.ofAnyFile(file.getFileName().toString())
        .filter(name -> name.unfinishedIn(file.resolveSibling("")).endsWith(file.getFileName()));
  }
}
