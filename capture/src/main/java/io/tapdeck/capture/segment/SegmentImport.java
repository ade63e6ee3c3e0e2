package io.tapdeck.capture.segment;

import io.tapdeck.capture.archive.ArchiveChannel;
import io.tapdeck.capture.archive.DamagedArchiveException;
import io.tapdeck.capture.pcap.CaptureFormat;
import io.tapdeck.capture.pcap.Damage;
import io.tapdeck.capture.pcap.NotPcapException;
import io.tapdeck.capture.pcap.PcapReader;
import io.tapdeck.capture.segment.ImportRefusedException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/**
 * Takes in a capture file that somebody else made, as a complete segment: pcap or pcapng, plain or
 * compressed. What it holds once it is decompressed is stored byte for byte, with a sidecar that
 * names no origin. It is read to its last record while it comes, so nothing is taken in that cannot
 * be played, and what cannot be read is refused at the byte where that shows.
 */
public final class SegmentImport {
  /** What there is of one that has not come to its end; of no worth after a crash. */
  private static final String UNFINISHED = "import.part";

  /** The last time that the name of a segment can tell. */
  private static final Instant LATEST = Instant.ofEpochSecond(0xFFFF_FFFFL);

  private static final int PERCENT = 100;

  private final Path directory;
  private final int number;
  private final Limits limits;

  private SegmentImport(Path directory, int number, Limits limits) {
    this.directory = directory;
    this.number = number;
    this.limits = limits;
  }

  /**
   * What is taken in at most.
   *
   * @param contentBytes of one file, once it is decompressed
   * @param keepFree percent of the file system that stay free, 0 to 100
   */
  public record Limits(long contentBytes, int keepFree) {
    /** Without limits but the disk's own. */
    public static final Limits NONE = new Limits(Long.MAX_VALUE, 0);

    public Limits {
      if (contentBytes < 1 || keepFree < 0 || keepFree > PERCENT) {
        throw new IllegalArgumentException("no limits: " + contentBytes + ", " + keepFree + " %");
      }
    }

    /**
     * Whether there is room for so many bytes more.
     *
     * @throws ImportRefusedException if there is not
     */
    public void checkRoom(FileStore store, long more) throws IOException {
      long kept = store.getTotalSpace() / PERCENT * keepFree;
      long free = store.getUsableSpace();
      if (free - kept < more || free == 0) {
        throw new ImportRefusedException(
            Kind.DISK_FULL,
            "the disk would be too full: %d bytes are free, and %d %% of it stay so"
                .formatted(free, keepFree));
      }
    }
  }

  /**
   * Takes one in.
   *
   * @param capture its bytes, however they are stored; is read to its end, and closed
   * @param name of it, for messages
   * @param directory that nobody else writes to now
   * @param number the segment's
   * @return the sidecar of the segment, which is on the disk
   * @throws ImportRefusedException if it is not taken in: nothing of it is left in the directory
   * @throws IOException if it cannot be read or stored: nothing is left either
   */
  public static Sidecar take(
      ReadableByteChannel capture, String name, Path directory, int number, Limits limits)
      throws IOException {
    return new SegmentImport(directory, number, limits).take(capture, name);
  }

  private Sidecar take(ReadableByteChannel capture, String name) throws IOException {
    Path part = directory.resolve(UNFINISHED);
    try (FileChannel file = SegmentFiles.create(part)) {
      FileStore store = Files.getFileStore(part);
      limits.checkRoom(store, 0);
      Taken taken = copy(capture, name, file, store);
      file.force(true);
      Files.move(part, taken.name().unfinishedIn(directory));
      publish(taken);
      return taken.sidecar();
    } catch (IOException failed) {
      throw Obstacle.of(failed).kind() == Obstacle.Kind.DISK_FULL
          ? new ImportRefusedException(Kind.DISK_FULL, "the disk is full", failed)
          : failed;
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private record Taken(SegmentName name, Sidecar sidecar) {}

  private Taken copy(ReadableByteChannel capture, String name, FileChannel file, FileStore store)
      throws IOException {
    ByteBuffer window = ByteBuffer.allocateDirect(PcapReader.WINDOW_LENGTH);
    try (ImportedContent content =
            new ImportedContent(ArchiveChannel.openPipe(capture, name), file, store, limits);
        PcapReader reader = PcapReader.openUncompressedPipe(content, name, window)) {
      Tally tally = new Tally();
      while (reader.next()) {
        tally.add(reader.timestampNanos(), reader.captureLength());
      }
      if (reader.damage().isPresent()) {
        Damage damage = reader.damage().get();
        throw unreadable(
            "%s is damaged at byte %d: %s".formatted(name, damage.offset(), damage.reason()));
      }
      Contents contents = tally.contents(content.bytes());
      SegmentName segment = new SegmentName(opened(contents), number, format(reader.format()));
      Sidecar sidecar =
          Sidecar.of(segment, reader.linkType().number(), contents, null, null, null)
              .withSha256(content.sha256());
      return new Taken(segment, sidecar);
    } catch (NotPcapException none) {
      throw unreadable(none.getMessage() + " (at byte 0)");
    } catch (DamagedArchiveException damaged) {
      throw unreadable(
          "%s (after byte %d of what it holds)".formatted(damaged.getMessage(), file.position()));
    }
  }

  private static ImportRefusedException unreadable(String words) {
    return new ImportRefusedException(Kind.UNREADABLE, words);
  }

  private static Instant opened(Contents contents) {
    Instant first = contents.first();
    if (first == null) {
      return Instant.now();
    }
    return first.isAfter(LATEST) ? LATEST : first;
  }

  private static SegmentFormat format(CaptureFormat format) {
    return switch (format) {
      case PCAP -> SegmentFormat.PCAP;
      case PCAPNG -> SegmentFormat.PCAPNG;
    };
  }

  private void publish(Taken taken) throws IOException {
    boolean published = false;
    try {
      SegmentFiles.publish(directory, taken.name(), taken.sidecar());
      published = true;
    } finally {
      if (!published) {
        Files.deleteIfExists(taken.name().unfinishedIn(directory));
        Files.deleteIfExists(taken.name().unfinishedSidecarIn(directory));
        Files.deleteIfExists(taken.name().in(directory));
        Files.deleteIfExists(taken.name().draftSidecarIn(directory));
      }
    }
  }
}
