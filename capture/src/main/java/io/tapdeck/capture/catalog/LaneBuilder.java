package io.tapdeck.capture.catalog;

import io.tapdeck.capture.catalog.Lane.Piece;
import io.tapdeck.capture.segment.UtcTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Adds up the segments of a recording, which come in the order of their first frames. */
final class LaneBuilder {
  private final UUID recording;

  /** Pieces closer together than this, in nanoseconds, are one. */
  private final long grain;

  private final List<Piece> pieces = new ArrayList<>();
  private long segments;
  private long packets;
  private long bytes;
  private long first;
  private long last = Long.MIN_VALUE;
  private long from;
  private long to;
  private long inPiece;

  LaneBuilder(UUID recording, long grain) {
    this.recording = recording;
    this.grain = grain;
  }

  void add(long segmentFirst, long segmentLast, long segmentPackets, long storedBytes) {
    if (segments == 0) {
      first = segmentFirst;
    }
    if (inPiece > 0 && segmentFirst - grain > to) {
      end();
    }
    if (inPiece == 0) {
      from = segmentFirst;
      to = segmentLast;
    }
    inPiece++;
    to = Math.max(to, segmentLast);
    last = Math.max(last, segmentLast);
    segments++;
    packets += segmentPackets;
    bytes += storedBytes;
  }

  private void end() {
    pieces.add(new Piece(UtcTime.ofNanos(from), UtcTime.ofNanos(to), inPiece));
    inPiece = 0;
  }

  /** After at least one segment. */
  Lane build() {
    end();
    return new Lane(
        recording, segments, packets, bytes, UtcTime.ofNanos(first), UtcTime.ofNanos(last), pieces);
  }
}
