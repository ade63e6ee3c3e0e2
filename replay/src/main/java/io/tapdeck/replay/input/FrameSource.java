package io.tapdeck.replay.input;

import io.tapdeck.capture.pcap.CaptureInterface;
import io.tapdeck.capture.pcap.LinkType;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The frames to be played, in order: a cursor. {@link #next()} moves to the next one, the other
 * methods tell about it for as long as {@code next()} has not been called again.
 *
 * <p>Not for use by two threads at once, but for the figures, which any thread may ask for;
 * allocates nothing per frame.
 */
public interface FrameSource extends Closeable {
  /**
   * Moves to the next frame that was selected.
   *
   * @return false at the end of what was selected, until {@link #rewind()}
   * @throws IOException if a file cannot be read any more; the frames before have been delivered
   */
  boolean next() throws IOException;

  /**
   * Whether {@link #next()} would find a frame in memory, without reading from a file or opening
   * one: for those who cannot wait now.
   */
  boolean isNextBuffered();

  /**
   * Back to before the first frame.
   *
   * @throws IOException if that cannot be, such as of a pipe; or the file cannot be read any more
   */
  void rewind() throws IOException;

  /** The memory that holds the frame: for absolute reads only, until {@link #next()}. */
  ByteBuffer buffer();

  /** Index in {@link #buffer()} of the first byte of the frame. */
  int offset();

  /** Bytes of the frame that are there. */
  int captureLength();

  /** Bytes that the frame had, as its file says: 32 unsigned bits that nothing vouches for. */
  long originalLength();

  /** When the frame was captured, in nanoseconds since 1970. */
  long timestampNanos();

  /** What the frame begins with. */
  LinkType linkType();

  /**
   * What is known of the interface that it was captured on; of frames that were taken into memory,
   * no more than what they begin with. Not for every frame of these.
   */
  default CaptureInterface captureInterface() {
    return new CaptureInterface("", linkType(), 0);
  }

  /** Whether the frame is the first of a file, so that times may begin anew. */
  boolean beginsFile();

  /** Frames that were looked at and not selected, in all passes. */
  long filtered();

  /** Bytes of the input that are done with in this pass, of {@link #totalBytes()}. */
  long position();

  /** Bytes of the input as it is stored; 0 if nobody knows, as of a pipe. */
  long totalBytes();

  /** What could not be read of the files, a line each, each once. */
  List<String> damages();
}
