package io.tapdeck.capture.recording;

import io.tapdeck.capture.libpcap.Filter;
import io.tapdeck.capture.libpcap.LiveHandle;
import io.tapdeck.capture.libpcap.PcapException;
import io.tapdeck.capture.netif.NetworkInterface;
import io.tapdeck.capture.os.NativeBuffer;
import io.tapdeck.capture.os.OsException;
import io.tapdeck.capture.os.PacketSocket;
import io.tapdeck.capture.pcap.LinkType;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * An interface's frames, every one of which is accounted for: between {@link #begin} and {@link
 * #end} exactly those are counted as received that {@link #next} gives or that were dropped.
 *
 * <p>That takes the kernel as the only place that chooses frames. The socket opens with a filter
 * that lets nothing in; what came before that is thrown away and not counted. Then the wanted
 * filter is attached, and to end, again the one that lets nothing in, after which the ring is read
 * empty. Every method is for the one thread that records.
 */
final class LiveCapture implements AutoCloseable {
  /** After this time, or twice as long, the kernel hands over a partly filled block of the ring. */
  static final Duration RETIRE = Duration.ofMillis(50);

  /** A ring out of which nothing came for this long holds nothing. */
  private static final long QUIET_NANOS = 6 * RETIRE.toNanos();

  private final LiveHandle handle;
  private final PacketSocket socket;
  private final Filter filter;
  private final LinkType linkType;
  private final long ringBytes;

  private ExtendedCounter received = new ExtendedCounter(0);
  private ExtendedCounter dropped = new ExtendedCounter(0);
  private long taken;

  /** How many were taken when that was last looked at, and since when there were no more. */
  private long takenBefore;

  private long quietSince = System.nanoTime();

  private LiveCapture(
      LiveHandle handle, PacketSocket socket, Filter filter, LinkType linkType, long ringBytes) {
    this.handle = handle;
    this.socket = socket;
    this.filter = filter;
    this.linkType = linkType;
    this.ringBytes = ringBytes;
  }

  /** Opens the interface, with nothing let in so far. */
  static LiveCapture open(RecordingSettings settings, NetworkInterface nic)
      throws RecordingRefusedException, IOException {
    boolean in = isInOnly(settings.direction(), nic);
    boolean out = settings.direction() == Direction.OUT;
    if (out && nic.isLoopback()) {
      throw new RecordingRefusedException(
          nic.name()
              + " is a loopback interface, whose frames are recorded once, as received:"
              + " leave out the direction");
    }
    LiveHandle handle = openHandle(settings, nic.name());
    try {
      PacketSocket socket = new PacketSocket(handle.descriptor());
      socket.rejectAll();
      if (in) {
        socket.ignoreOutgoing();
      }
      LinkType linkType = LinkType.ofDlt(handle.dataLink());
      Filter filter = compile(handle, linkType, settings.filter(), out);
      tryFilter(socket, filter);
      return new LiveCapture(handle, socket, filter, linkType, socket.ringBytes());
    } catch (RecordingRefusedException | IOException | RuntimeException failed) {
      handle.close();
      throw failed;
    }
  }

  /** The frames of a file, after which it is as if the interface were gone. */
  static LiveCapture ofFile(Path file) throws PcapException {
    LiveHandle handle = LiveHandle.openFile(file);
    LinkType linkType = LinkType.ofDlt(handle.dataLink());
    return new LiveCapture(handle, PacketSocket.NONE, new Filter(new byte[0]), linkType, 0);
  }

  /** On a loopback interface libpcap throws the outgoing copies away, after they were counted. */
  private static boolean isInOnly(Direction direction, NetworkInterface nic) {
    return switch (direction) {
      case IN -> true;
      case OUT -> false;
      case BOTH -> nic.isLoopback();
      case AUTO -> nic.isLoopback() || nic.isTapNic();
    };
  }

  private static LiveHandle openHandle(RecordingSettings settings, String name)
      throws RecordingRefusedException {
    try {
      return LiveHandle.open(
          name, settings.snaplen(), Math.toIntExact(settings.buffer().bytes()), RETIRE);
    } catch (PcapException refused) {
      if (refused.lacksPrivilege()) {
        throw new RecordingRefusedException(
            "no privilege to capture on " + name + ": run as root, or with CAP_NET_RAW", refused);
      }
      throw new RecordingRefusedException(
          "cannot capture on " + name + ": " + refused.getMessage(), refused);
    }
  }

  private static Filter compile(
      LiveHandle handle, LinkType linkType, String expression, boolean outgoing)
      throws RecordingRefusedException {
    // Cooked frames begin with a header that the kernel, where filters run, does not have.
    boolean cooked = linkType.equals(LinkType.LINUX_SLL) || linkType.equals(LinkType.LINUX_SLL2);
    if (cooked && (outgoing || !expression.isBlank())) {
      throw new RecordingRefusedException(
          "an interface with "
              + linkType
              + " frames is recorded whole: leave out filter and"
              + " direction");
    }
    try {
      // Alone first: what closes a parenthesis of ours would not be a filter of its own.
      Filter asked = handle.compile(expression);
      Filter filter = asked;
      if (outgoing) {
        filter =
            handle.compile(expression.isBlank() ? "outbound" : "(" + expression + ") and outbound");
      }
      if (filter.length() > PacketSocket.MAX_INSTRUCTIONS) {
        throw new RecordingRefusedException(
            "the filter takes %d instructions, the kernel at most %d: make it shorter"
                .formatted(filter.length(), PacketSocket.MAX_INSTRUCTIONS));
      }
      return filter;
    } catch (PcapException wrong) {
      throw new RecordingRefusedException(
          "the filter '%s' is wrong: %s (see pcap-filter(7))"
              .formatted(expression, wrong.getMessage()),
          wrong);
    }
  }

  /** Whether the kernel takes a program depends on its settings: only trying tells. */
  private static void tryFilter(PacketSocket socket, Filter filter)
      throws RecordingRefusedException, OsException {
    try {
      socket.attachFilter(filter.instructions());
    } catch (OsException refused) {
      throw new RecordingRefusedException(
          "the kernel refuses the filter (%s): make it shorter, or raise net.core.optmem_max"
              .formatted(refused.getMessage()),
          refused);
    }
    socket.rejectAll();
  }

  /** What the frames begin with. */
  LinkType linkType() {
    return linkType;
  }

  /** How large the ring is that the kernel gave. */
  long ringBytes() {
    return ringBytes;
  }

  /**
   * Lets the wanted frames in, and counts from 0, once nothing is left of what came before the
   * filter. To be called again until it says that it has.
   */
  boolean begin() throws IOException {
    while (next()) {
      // Came before the wanted filter was attached.
    }
    if (!isEmptied()) {
      return false;
    }
    received = new ExtendedCounter(handle.received32());
    dropped = new ExtendedCounter(handle.dropped32());
    taken = 0;
    socket.attachFilter(filter.instructions());
    return true;
  }

  /** Takes the next frame, which the accessors tell about; false if there is none so far. */
  boolean next() throws PcapException {
    boolean frame = handle.next();
    if (frame) {
      taken++;
    }
    return frame;
  }

  /** The frame's time stamp, in nanoseconds since 1970. */
  long timestamp() {
    return handle.timestamp();
  }

  /** Bytes of the frame that are here. */
  int captureLength() {
    return handle.captureLength();
  }

  /** Bytes that the frame had. */
  int originalLength() {
    return handle.originalLength();
  }

  /** Copies the frame. */
  void copyPacket(NativeBuffer target, int offset) {
    handle.copyPacket(target, offset);
  }

  /** Lets no further frame in. Those in the ring stay to be taken, until {@link #isEmptied}. */
  void end() throws OsException {
    socket.rejectAll();
    quietSince = System.nanoTime();
  }

  /**
   * After {@link #end}, when {@link #next} has nothing: whether everything has come out of the
   * ring. The kernel still has to hand over the block it was filling; that all that was counted was
   * taken or dropped tells when it has, or failing that, that nothing came for longer than it
   * waits.
   */
  boolean isEmptied() throws PcapException {
    readCounts();
    long now = System.nanoTime();
    if (taken != takenBefore) {
      takenBefore = taken;
      quietSince = now;
    }
    return received.value() == taken + dropped.value() || now - quietSince > QUIET_NANOS;
  }

  /** Reads the kernel's counters; at least once a second, lest they wrap unseen. */
  void readCounts() throws PcapException {
    handle.readStatistics();
    received.read(handle.received32());
    dropped.read(handle.dropped32());
  }

  /** Frames that the kernel counted for us, as of the last reading. */
  long received() {
    return received.value();
  }

  /** Of those, dropped because the ring was full. */
  long dropped() {
    return dropped.value();
  }

  /** Readable when there are frames. */
  int descriptor() {
    return handle.descriptor();
  }

  @Override
  public void close() {
    handle.close();
  }
}
