package io.tapdeck.capture.find;

/**
 * A part of a segment's content that is read.
 *
 * @param from where a record begins; 0 for the front
 * @param to where one ends, or beyond the end
 * @param first no packet in it is earlier
 */
record Stretch(long from, long to, long first) {
  static final long FRONT = 0;
  static final long END = Long.MAX_VALUE;
}
