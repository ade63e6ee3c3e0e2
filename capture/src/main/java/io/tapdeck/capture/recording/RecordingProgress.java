package io.tapdeck.capture.recording;

/**
 * How far a recording is; names as everywhere. Taken twice a second, so figures of one instant
 * belong together but are a little old.
 *
 * @param at when it was taken, by {@link System#nanoTime}
 * @param received frames counted by the kernel for us
 * @param written frames in segments on disk
 * @param buffered frames read, not yet in a file
 * @param writtenBytes capture lengths of the frames written or buffered
 * @param droppedKernel dropped because the ring was full
 * @param droppedInterface dropped by the interfaces since the recording began
 * @param arrivals what the interfaces have received by their own count
 * @param segment name of the segment being written, empty if there is none
 * @param standing whether it is recording now
 */
public record RecordingProgress(
    long at,
    long received,
    long written,
    long buffered,
    long writtenBytes,
    long droppedKernel,
    long droppedInterface,
    Arrivals arrivals,
    String segment,
    Standing standing) {
  /** As long as no frame was let in. */
  public static final RecordingProgress NONE =
      new RecordingProgress(0, 0, 0, 0, 0, 0, 0, Arrivals.NONE, "", Standing.RECORDING);
}
