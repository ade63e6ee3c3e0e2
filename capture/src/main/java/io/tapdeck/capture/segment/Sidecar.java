package io.tapdeck.capture.segment;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.tapdeck.capture.archive.Compression;
import io.tapdeck.capture.archive.Sha256;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a segment besides its frames; the file {@code <segment>.json} beside it.
 *
 * @param format version of this layout, {@value #FORMAT}
 * @param file the segment's name while it is not compressed, without directory
 * @param linkType a LINKTYPE_ value
 * @param packets frames in the segment
 * @param frameBytes sum of their capture lengths
 * @param bytes size of the segment's file while it is not compressed
 * @param first earliest time stamp, null if there is no frame
 * @param last latest time stamp, null if there is no frame
 * @param origin where the frames come from, null if that was lost in a crash, or nobody here
 *     recorded them
 * @param counters null if they were lost in a crash, or nobody here counted: unknown, not zero
 * @param recovered null if the recorder itself finished the segment
 * @param gaps times in which the recorder could not see the interface
 * @param isProtected true if retention must not remove it
 * @param sha256 of those bytes, null if it is not known
 * @param stored the segment's file once it is compressed, null before
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Sidecar(
    int format,
    String file,
    int linkType,
    long packets,
    long frameBytes,
    long bytes,
    @Nullable Instant first,
    @Nullable Instant last,
    @Nullable Origin origin,
    @Nullable SegmentCounters counters,
    @Nullable Recovered recovered,
    List<Gap> gaps,
    @JsonProperty("protected") boolean isProtected,
    @Nullable String sha256,
    @Nullable Stored stored) {
  /** The version that is written. */
  public static final int FORMAT = 1;

  /** Also as it is read from a file: one that does not name its segment is none. */
  public Sidecar {
    Objects.requireNonNull(file, "file");
    gaps = List.copyOf(Objects.requireNonNullElse(gaps, List.of()));
  }

  /**
   * A time in which the recorder could not see an interface.
   *
   * @param to null if it went on when the segment was closed
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Gap(Instant from, @Nullable Instant to, String reason) {
    /** Also as it is read from a file: what is missing there makes it none. */
    public Gap {
      Objects.requireNonNull(from, "from");
      Objects.requireNonNull(reason, "reason");
    }
  }

  /**
   * The file of a compressed segment.
   *
   * @param file its name, without directory
   * @param compression not {@link Compression#NONE}
   * @param bytes its size
   * @param sha256 of those bytes
   */
  public record Stored(String file, Compression compression, long bytes, String sha256) {
    /** Also as it is read from a file: what is missing there makes it none. */
    public Stored {
      Objects.requireNonNull(file, "file");
      Objects.requireNonNull(compression, "compression");
      Objects.requireNonNull(sha256, "sha256");
    }
  }

  static Sidecar of(
      SegmentName name,
      int linkType,
      Contents contents,
      @Nullable Origin origin,
      @Nullable SegmentCounters counters,
      @Nullable Recovered recovered) {
    return new Sidecar(
        FORMAT,
        name.fileName(),
        linkType,
        contents.packets(),
        contents.frameBytes(),
        contents.fileBytes(),
        contents.first(),
        contents.last(),
        origin,
        counters,
        recovered,
        List.of(),
        false,
        null,
        null);
  }

  /** The name of the file that holds the segment, without directory. */
  public String storedFile() {
    return stored == null ? file : stored.file();
  }

  /** The size of the file that holds the segment: what it takes of the disk. */
  public long storedBytes() {
    return stored == null ? bytes : stored.bytes();
  }

  /** The same, with gaps. */
  Sidecar withGaps(List<Gap> those) {
    return with(those, isProtected, sha256, stored);
  }

  /** The same, but for whether retention must not remove it. */
  Sidecar withProtection(boolean nowProtected) {
    return with(gaps, nowProtected, sha256, stored);
  }

  /**
   * The same, with the hash of the uncompressed file.
   *
   * @throws IllegalArgumentException if it is none
   */
  public Sidecar withSha256(String hash) {
    if (!Sha256.isOne(hash)) {
      throw new IllegalArgumentException("a SHA-256 is 64 hexadecimal digits, not " + hash);
    }
    return with(gaps, isProtected, hash, stored);
  }

  /** The same, stored otherwise; null for uncompressed. */
  Sidecar withStored(@Nullable Stored now) {
    return with(gaps, isProtected, sha256, now);
  }

  private Sidecar with(
      List<Gap> nowGaps, boolean nowProtected, @Nullable String hash, @Nullable Stored nowStored) {
    return new Sidecar(
        format,
        file,
        linkType,
        packets,
        frameBytes,
        bytes,
        first,
        last,
        origin,
        counters,
        recovered,
        nowGaps,
        nowProtected,
        hash,
        nowStored);
  }
}
