package io.tapdeck.capture.recording;

import io.tapdeck.capture.netif.DropCounters;
import io.tapdeck.capture.segment.Sidecar;
import java.util.List;
import java.util.Optional;

/**
 * What became of a recording: {@code received = written + droppedKernel + unreadAtStop}.
 *
 * @param received frames that matched the filter and that the kernel counted for us
 * @param written frames in all segments, also in those that retention removed
 * @param writtenBytes sum of their capture lengths
 * @param droppedKernel dropped because the ring was full
 * @param droppedInterface dropped by the interface before any socket, since the beginning
 * @param unreadAtStop counted, but left in the ring when a packet or size limit ended the
 *     recording, or not written because of the {@link #failure}
 * @param segments the complete segments that are still there, in order; with {@code removed} they
 *     hold all that was written
 * @param removed those that retention removed
 * @param removedEarlier what retention removed besides, of earlier recordings in the directory
 * @param failure why it ended, if it had to; otherwise it was told to, or reached a limit
 */
public record RecordingSummary(
    long received,
    long written,
    long writtenBytes,
    long droppedKernel,
    DropCounters droppedInterface,
    long unreadAtStop,
    List<Sidecar> segments,
    Removed removed,
    Removed removedEarlier,
    Optional<String> failure) {}
