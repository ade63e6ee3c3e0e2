package io.tapdeck.capture.segment;

/**
 * What the recorder counted between the end of the segment before and the end of this one.
 *
 * @param received frames that the kernel counted for the recorder's socket
 * @param droppedKernel of those, dropped because the ring was full
 * @param droppedInterface dropped by the interface before any socket
 */
public record SegmentCounters(long received, long droppedKernel, long droppedInterface) {}
