package io.tapdeck.replay.input;

import io.tapdeck.capture.pcap.PcapReader;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * All the frames of the files, but for those that are known to be out of a range of time: a cursor.
 *
 * <p>Not for use by two threads at once, but for {@link #position} and {@link #damages}.
 */
interface FileFrames extends Closeable {
  /**
   * Moves to the next frame.
   *
   * @param mayRead whether it may read from files; if not, what was in memory stays where it is
   * @return false at the end, or where it would have had to read; that is no end then
   * @throws IOException if a file cannot be read any more
   */
  boolean advance(boolean mayRead) throws IOException;

  /** Stands at the frame. */
  PcapReader reader();

  /** A number for each stretch of frames with times in order, as of a file. */
  int stretch();

  /** Passes over what is left of where the frame is: it is later than the range. */
  void passOver() throws IOException;

  /** From now on, only what is in this range need be found. */
  void within(TimeRange range);

  /** Back to before the first frame. */
  void rewind() throws IOException;

  /** Bytes that are done with in this pass, as stored. */
  long position();

  /** What could not be read, a line each, each once. */
  List<String> damages();
}
