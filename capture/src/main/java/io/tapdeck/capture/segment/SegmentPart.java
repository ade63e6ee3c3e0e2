package io.tapdeck.capture.segment;

import io.tapdeck.capture.os.NativeBuffer;

/**
 * A block of memory that holds a part of a segment.
 *
 * @param start where in the file the block begins
 * @param firstRecord where in the block the first record begins of those that begin in it
 * @param upTo where in the block the bytes end that it is to be written from; the last record can
 *     reach beyond, in memory too
 * @param isLast whether the segment ends with it
 */
record SegmentPart(
    SegmentFile file, NativeBuffer block, long start, int firstRecord, int upTo, boolean isLast) {}
