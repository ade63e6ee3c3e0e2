package io.tapdeck.capture.libpcap;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.tapdeck.capture.pcap.LinkType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A filter expression (pcap-filter(7)) for frames in memory: libpcap's own interpreter says what it
 * would have said when they were captured (pcap_offline_filter(3PCAP)).
 *
 * <p>Not for use by two threads at once; allocates nothing per frame.
 */
public final class OfflineFilter {
  private static final int SNAPLEN = 262_144;

  /** {@code struct bpf_program}: the number of instructions, and where they are. */
  private static final long PROGRAM_BYTES = 16;

  private static final long PROGRAM_INSTRUCTIONS = 8;

  /** {@code struct pcap_pkthdr}: a timeval, then two lengths. */
  private static final long HEADER_BYTES = 24;

  private static final long CAPTURE_LENGTH = 16;
  private static final long ORIGINAL_LENGTH = 20;

  /** Held for as long as the program names their address. */
  private final MemorySegment instructions;

  private final MemorySegment program;
  private final MemorySegment header;
  private final long programAddress;
  private final long headerAddress;

  private @Nullable ByteBuffer buffer;
  private long bufferAddress;

  private OfflineFilter(Filter filter) {
    // Freed by the garbage collector, as whoever filters is.
    Arena arena = Arena.ofAuto();
    byte[] compiled = filter.instructions();
    MemorySegment code = arena.allocate(compiled.length, Long.BYTES);
    MemorySegment.copy(MemorySegment.ofArray(compiled), 0, code, 0, compiled.length);
    program = arena.allocate(PROGRAM_BYTES, Long.BYTES);
    program.set(JAVA_INT, 0, filter.length());
    program.set(ADDRESS, PROGRAM_INSTRUCTIONS, code);
    header = arena.allocate(HEADER_BYTES, Long.BYTES);
    programAddress = program.address();
    headerAddress = header.address();
    instructions = code;
  }

  /**
   * Compiles an expression; empty means every frame. As {@link FilterCheck#check}, it can take long
   * where the expression has names in it.
   *
   * @param linkType what the frames begin with
   * @throws PcapException if it is none, or none for such frames, with libpcap's words; or if
   *     libpcap is missing
   */
  public static OfflineFilter compile(String expression, LinkType linkType) throws PcapException {
    PcapLibrary.require();
    if (expression.getBytes(StandardCharsets.UTF_8).length > FilterCheck.LONGEST) {
      throw new PcapException(0, "longer than " + FilterCheck.LONGEST + " bytes: make it shorter");
    }
    if (expression.indexOf('\0') >= 0) {
      // To C, what follows it would not be there.
      throw new PcapException(0, "a NUL character is in it: leave it out");
    }
    MemorySegment handle = LibPcap.openDead(linkType.toDlt(), SNAPLEN);
    if (handle.equals(MemorySegment.NULL)) {
      throw new PcapException(0, "libpcap has no memory to compile a filter");
    }
    try {
      return new OfflineFilter(Filter.compile(handle, expression));
    } finally {
      LibPcap.close(handle);
    }
  }

  /**
   * Whether the filter accepts a frame.
   *
   * @param frames direct memory that holds it
   * @param offset index of its first byte
   * @param captureLength bytes that are there
   * @param originalLength bytes that it had, 32 unsigned bits
   */
  @SuppressWarnings("ReferenceEquality") // what equal buffers hold is elsewhere
  public boolean accepts(ByteBuffer frames, int offset, int captureLength, long originalLength) {
    if (frames != buffer) {
      see(frames);
    }
    if (offset < 0 || captureLength < 0 || captureLength > frames.capacity() - offset) {
      throw new IndexOutOfBoundsException(offset + " + " + captureLength);
    }
    header.set(JAVA_INT, CAPTURE_LENGTH, captureLength);
    header.set(JAVA_INT, ORIGINAL_LENGTH, (int) originalLength);
    try {
      return LibPcap.offlineFilter(programAddress, headerAddress, bufferAddress + offset) != 0;
    } finally {
      Reference.reachabilityFence(instructions);
      Reference.reachabilityFence(program);
      Reference.reachabilityFence(frames);
    }
  }

  private void see(ByteBuffer frames) {
    if (!frames.isDirect()) {
      throw new IllegalArgumentException("the frames are not in direct memory");
    }
    bufferAddress = MemorySegment.ofBuffer(frames.duplicate().clear()).address();
    buffer = frames;
  }
}
