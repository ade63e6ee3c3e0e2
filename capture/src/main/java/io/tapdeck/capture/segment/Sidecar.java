package io.tapdeck.capture.segment;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a segment besides its frames; the file {@code <segment>.json} beside it.
 *
 * @param format version of this layout, {@value #FORMAT}
 * @param file the segment's name, without directory
 * @param linkType a LINKTYPE_ value
 * @param packets frames in the segment
 * @param frameBytes sum of their capture lengths
 * @param bytes size of the segment's file
 * @param first earliest time stamp, null if there is no frame
 * @param last latest time stamp, null if there is no frame
 * @param origin where the frames come from, null if that was lost in a crash
 * @param counters null if they were lost in a crash: unknown, not zero
 * @param recovered null if the recorder itself finished the segment
 * @param gaps times in which the recorder could not see the interface
 * @param isProtected true if retention must not remove it
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
    @JsonProperty("protected") boolean isProtected) {
  /** The version that is written. */
  public static final int FORMAT = 1;

  /**
   * A time in which the recorder could not see an interface.
   *
   * @param to null if it went on when the segment was closed
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Gap(Instant from, @Nullable Instant to, String reason) {}

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
        false);
  }

  /** The same, with gaps. */
  Sidecar withGaps(List<Gap> those) {
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
        List.copyOf(those),
        isProtected);
  }

  /** The same, but for whether retention must not remove it. */
  Sidecar withProtection(boolean nowProtected) {
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
        gaps,
        nowProtected);
  }
}
