package io.tapdeck.capture.libpcap;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.tapdeck.capture.os.NativeBuffer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;

/**
 * An interface opened by libpcap for live capture: non-blocking, promiscuous, time stamps in
 * nanoseconds. Belongs to one thread at a time.
 *
 * <p>libpcap is never given a filter or a direction: it would apply them in user space too, to
 * frames that the kernel has already counted for the socket, and the counts would not add up.
 * {@link #compile} only compiles; the caller attaches the program to {@link #descriptor()}.
 */
public final class LiveHandle implements AutoCloseable {
  /** {@code struct pcap_pkthdr}: a struct timeval (the second part in ns here), two lengths. */
  private static final long SECONDS = 0;

  private static final long NANOSECONDS = 8;
  private static final long CAPTURE_LENGTH = 16;
  private static final long ORIGINAL_LENGTH = 20;

  /** {@code struct pcap_stat}: ps_recv, ps_drop, ps_ifdrop. */
  private static final long STATS_BYTES = 12;

  private static final long STATS_DROPPED = 4;

  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  /** All of memory: libpcap hands out addresses of copies of its own, header and frame. */
  private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment headerPointer = arena.allocate(ADDRESS);
  private final MemorySegment packetPointer = arena.allocate(ADDRESS);
  private final MemorySegment stats = arena.allocate(STATS_BYTES, JAVA_INT.byteAlignment());
  private final MemorySegment handle;
  private long header;
  private long packet;

  private LiveHandle(MemorySegment handle) {
    this.handle = handle;
  }

  /**
   * Opens an interface in the calling thread's network namespace.
   *
   * @param snaplen bytes of each frame that are kept, at least 1
   * @param bufferBytes size of the kernel's ring that is asked for; libpcap takes less in silence
   *     if memory is short
   * @param retire after this time the kernel hands over a partly filled block of the ring
   * @throws PcapException if libpcap is missing, or refuses
   */
  public static LiveHandle open(String interfaceName, int snaplen, int bufferBytes, Duration retire)
      throws PcapException {
    PcapLibrary.require();
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment error = scratch.allocate(LibPcap.ERRBUF_SIZE);
      MemorySegment handle = LibPcap.create(scratch.allocateFrom(interfaceName), error);
      if (handle.equals(MemorySegment.NULL)) {
        throw new PcapException(0, error.getString(0));
      }
      try {
        LibPcap.setSnaplen(handle, snaplen);
        LibPcap.setPromisc(handle, 1);
        LibPcap.setBufferSize(handle, bufferBytes);
        LibPcap.setTimeout(handle, Math.toIntExact(retire.toMillis()));
        LibPcap.check(LibPcap.setTstampPrecision(handle, LibPcap.TSTAMP_PRECISION_NANO), handle);
        LibPcap.check(LibPcap.activate(handle), handle);
        LibPcap.check(LibPcap.setnonblock(handle, 1, error), handle);
        return new LiveHandle(handle);
      } catch (PcapException refused) {
        LibPcap.close(handle);
        throw refused;
      }
    }
  }

  /**
   * Opens a capture file in place of an interface. Past its last frame {@link #next} fails as for
   * an interface that disappeared.
   *
   * @throws PcapException if libpcap is missing, or cannot read it
   */
  public static LiveHandle openFile(Path file) throws PcapException {
    PcapLibrary.require();
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment error = scratch.allocate(LibPcap.ERRBUF_SIZE);
      MemorySegment handle =
          LibPcap.openOffline(
              scratch.allocateFrom(file.toString()), LibPcap.TSTAMP_PRECISION_NANO, error);
      if (handle.equals(MemorySegment.NULL)) {
        throw new PcapException(0, error.getString(0));
      }
      return new LiveHandle(handle);
    }
  }

  /**
   * Takes the next frame off the ring. What the accessors and {@link #copyPacket} give is valid
   * until the next call.
   *
   * @return false if the kernel has handed over no further frame so far
   * @throws PcapException if the interface went down or disappeared; frames handed over before that
   *     can still be there, so the caller may go on calling
   */
  public boolean next() throws PcapException {
    int status = LibPcap.nextEx(handle, headerPointer, packetPointer);
    if (status == 1) {
      header = headerPointer.get(JAVA_LONG, 0);
      packet = packetPointer.get(JAVA_LONG, 0);
      return true;
    }
    LibPcap.check(status, handle);
    return false;
  }

  /** The frame's time stamp, in nanoseconds since 1970 (UTC). */
  public long timestamp() {
    return MEMORY.get(JAVA_LONG, header + SECONDS) * NANOS_PER_SECOND
        + MEMORY.get(JAVA_LONG, header + NANOSECONDS);
  }

  /** How many bytes of the frame are here, at most the snaplen. */
  public int captureLength() {
    return MEMORY.get(JAVA_INT, header + CAPTURE_LENGTH);
  }

  /** How many bytes the frame had. */
  public int originalLength() {
    return MEMORY.get(JAVA_INT, header + ORIGINAL_LENGTH);
  }

  /** Copies the frame's {@link #captureLength()} bytes to {@code target}, from {@code offset}. */
  public void copyPacket(NativeBuffer target, int offset) {
    MemorySegment.copy(MEMORY, packet, target.memory(), offset, captureLength());
  }

  /** Reads the kernel's counters for {@link #received32()} and {@link #dropped32()}. */
  public void readStatistics() throws PcapException {
    LibPcap.check(LibPcap.stats(handle, stats), handle);
  }

  /** {@code ps_recv} of the last reading: frames counted for the socket; wraps at 2^32. */
  public int received32() {
    return stats.get(JAVA_INT, 0);
  }

  /** {@code ps_drop} of the last reading: of those, dropped at a full ring; wraps at 2^32. */
  public int dropped32() {
    return stats.get(JAVA_INT, STATS_DROPPED);
  }

  /**
   * Compiles a filter for this interface's link type; empty means every frame.
   *
   * @throws PcapException with libpcap's words about what is wrong in it
   */
  public Filter compile(String expression) throws PcapException {
    return Filter.compile(handle, expression);
  }

  /** The link type of the frames, as libpcap numbers it (a DLT_ value). */
  public int dataLink() {
    return LibPcap.datalink(handle);
  }

  /** The packet socket; readable when the kernel has handed over frames. */
  public int descriptor() {
    return LibPcap.selectableFd(handle);
  }

  @Override
  public void close() {
    LibPcap.close(handle);
    arena.close();
  }
}
