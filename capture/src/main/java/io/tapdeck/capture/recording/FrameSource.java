package io.tapdeck.capture.recording;

import io.tapdeck.capture.netif.DropCounters;
import io.tapdeck.capture.os.NativeBuffer;
import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.segment.Sidecar.Gap;
import java.util.List;
import java.util.Optional;

/**
 * An interface that frames are taken from, one after the other, and that can be away for a time.
 * Every method is for the one thread that records.
 */
interface FrameSource extends AutoCloseable {
  /** The interface's name. */
  String name();

  /** What to wait for until there are frames; negative if there is nothing to wait for. */
  int descriptor();

  /** What the frames begin with. */
  LinkType linkType();

  /** Takes the next frame, which the accessors tell about; false if there is none so far. */
  boolean next();

  /** The frame's time stamp, in nanoseconds since 1970. */
  long timestamp();

  /** Bytes of the frame that are here. */
  int captureLength();

  /** Bytes that the frame had. */
  int originalLength();

  /** Copies the frame's bytes that are here. */
  void copyFrame(NativeBuffer target, int offset);

  /** Does what is to be done when there is no frame: begins, comes to an end, tries again. */
  void work();

  /** How long until {@link #work} has something to do, in nanoseconds. */
  long nanosUntilWork();

  /** Reads all counters, and looks whether the interface is still there; now and then. */
  void check();

  /** Whether frames have been let in. */
  boolean isBegun();

  /** Lets no further frame in. Those that are counted stay to be taken, until {@link #isEnded}. */
  void end();

  /** The same, but what has not been taken stays where it is, as counted. */
  void cut();

  /** Whether nothing will come any more. */
  boolean isEnded();

  /** Why frames cannot be seen now; empty while they can. */
  Optional<String> absence();

  /** The times, in order, in which frames could not be seen; the last may go on. */
  List<Gap> gaps();

  /** Frames that were counted for us, as of the last {@link #check}. */
  long received();

  /** Of those, dropped because the ring was full. */
  long dropped();

  /** Dropped by the interface itself, since the beginning. */
  DropCounters droppedInterface();

  /** What the interface has received by its own count, as of the last {@link #check}. */
  default Arrivals arrivals() {
    return Arrivals.NONE;
  }

  /** How many bytes of ring the kernel gave; 0 if that is not known. */
  long ringBytes();

  @Override
  void close();
}
