package io.tapdeck.capture.catalog;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * What there is of a recording in a part of time: segments that have a frame before its end and one
 * after its beginning, so that those at the ends may reach beyond.
 *
 * @param bytes sizes of their files as they are stored
 * @param first earliest time stamp of them all
 * @param last latest time stamp of them all
 * @param pieces in order; what is closer together than can be told apart is one
 */
public record Lane(
    UUID recording,
    long segments,
    long packets,
    long bytes,
    Instant first,
    Instant last,
    List<Piece> pieces) {
  /** Copies the list. */
  public Lane {
    pieces = List.copyOf(pieces);
  }

  /** Segments that follow each other, or overlap. */
  public record Piece(Instant from, Instant to, long segments) {}
}
