package io.tapdeck.replay.os;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.tapdeck.capture.os.Errno;
import io.tapdeck.capture.os.OsException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;

/**
 * An AF_XDP socket in copy mode that only sends (the kernel's Documentation/networking/af_xdp.rst,
 * {@code linux/if_xdp.h}). No XDP program is needed for that, and no driver support. It belongs to
 * the network namespace of the thread that opens it, and is used and closed by that thread.
 *
 * <p>Frames lie in memory registered with the kernel, the UMEM, in chunks of one size. Which are to
 * be sent stands in the transmit ring; {@code sendto(2)} makes the kernel go through it there and
 * then, copying each frame into a buffer of its own. Chunks that it does not need any more come
 * back by the completion ring, be their frames sent or dropped.
 *
 * <pre>
 * struct xdp_desc {              a ring:  producer  u32, by who fills it
 *    0  u64 addr  in the UMEM             consumer  u32, by who empties it
 *    8  u32 len                           entries   a power of two; both count on without end
 *   12  u32 options  (0)
 * } 16                           an entry of the completion ring: u64 addr
 * </pre>
 *
 * <p><b>What counts as accepted</b> is what the driver took. The kernel says by the consumer how
 * far it went, and by the error why no further: EBUSY means that the driver dropped the last frame
 * that it passed, which therefore stays with the caller, like those that were not reached. Kernels
 * before 6.17 leave the consumer behind after an error, and what they sent would not be known: they
 * are refused, and told by the option XDP_MAX_TX_SKB_BUDGET, which came with the mend.
 *
 * <p>Frames go past the interface's queueing discipline, with its shaping and filters, and past
 * those who capture on it; {@link Backend} says when that is right.
 */
public final class XdpSocket implements InterfaceLink {
  /** Frames in one call. */
  static final int SLOTS = 64;

  private static final int AF_XDP = 44;
  private static final int AF_PACKET = 17;
  private static final int SOCK_RAW = 3;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int EBUSY = 16;

  private static final int SOL_SOCKET = 1;
  private static final int SO_SNDBUFFORCE = 32;
  private static final int SOL_XDP = 283;
  private static final int XDP_MMAP_OFFSETS = 1;
  private static final int XDP_TX_RING = 3;
  private static final int XDP_UMEM_REG = 4;
  private static final int XDP_UMEM_FILL_RING = 5;
  private static final int XDP_UMEM_COMPLETION_RING = 6;
  private static final int XDP_MAX_TX_SKB_BUDGET = 9;
  private static final long XDP_PGOFF_TX_RING = 0x80000000L;
  private static final long XDP_UMEM_PGOFF_COMPLETION_RING = 0x180000000L;

  /** struct xdp_mmap_offsets: for rx, tx, fill and completion: producer, consumer, desc, flags. */
  private static final int OFFSETS_LENGTH = 128;

  private static final int OFFSETS_TX = 32;
  private static final int OFFSETS_COMPLETION = 96;
  private static final int OFFSET_CONSUMER = 8;
  private static final int OFFSET_ENTRIES = 16;

  /** struct xdp_umem_reg: addr 0, len 8, chunk_size 16, headroom 20, flags 24. */
  private static final int UMEM_REG_LENGTH = 32;

  private static final int UMEM_REG_LEN = 8;
  private static final int UMEM_REG_CHUNK_SIZE = 16;

  /** struct sockaddr_xdp: family 0, flags 2, ifindex 4, queue 8, shared umem 12. */
  private static final int SOCKADDR_XDP_LENGTH = 16;

  private static final int SOCKADDR_XDP_FLAGS = 2;
  private static final int SOCKADDR_XDP_IFINDEX = 4;
  private static final short XDP_COPY = 2;
  private static final short XDP_USE_NEED_WAKEUP = 8;

  private static final int DESCRIPTOR_LENGTH = 16;
  private static final int DESCRIPTOR_LEN = 8;

  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_SHARED_POPULATE = 0x8001;
  private static final long MAP_FAILED = -1;

  private static final int ETHERNET_HEADER = 14;
  private static final int ETHERTYPE = 12;
  private static final short ETHERTYPE_802_1Q = (short) 0x8100;
  private static final int VLAN_TAG = 4;

  /** Chunks, and entries of each ring: what can be on its way through a NIC at a time, and more. */
  private static final int CHUNKS = 2_048;

  private static final int RING_MASK = CHUNKS - 1;

  /** The kernel takes chunks of 2,048 bytes up to a page. */
  private static final int SMALL_CHUNK = 2_048;

  private static final int LARGE_CHUNK = 4_096;

  private static final int CACHE_LINE = 64;

  /** An address outside the UMEM: the kernel passes over such an entry. */
  private static final long NOWHERE = Long.MAX_VALUE;

  /** Bytes that the kernel may hold for the socket: enough for frames in all chunks. */
  private static final int SEND_BUFFER = 8 << 20;

  private static final long LONGEST_WAIT_NANOS = 50_000;
  private static final long BIND_PATIENCE = 500_000_000;
  private static final long BIND_PAUSE = 5_000_000;

  private static final VarHandle INT = JAVA_INT.varHandle();

  /** All of memory: the rings are where the kernel mapped them. */
  private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  /** A ring's addresses. */
  private record Ring(long producer, long consumer, long entries) {
    /** A ring that this process plays both ends of. */
    static Ring standIn(Arena arena, int entryLength) {
      long words = arena.allocate(2L * Long.BYTES, Long.BYTES).address();
      long entries = arena.allocate((long) CHUNKS * entryLength, Long.BYTES).address();
      return new Ring(words, words + Long.BYTES, entries);
    }
  }

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment errno = arena.allocate(LibC.ERRNO);
  private final InterfaceQuestions questions;
  private final int questioner;
  private final int descriptor;
  private final long transmitMapping;
  private final long completionMapping;
  private final long transmitMapped;
  private final long completionMapped;

  private final Ring kernelTransmit;
  private final Ring kernelCompletion;
  private final Ring standInTransmit = Ring.standIn(arena, DESCRIPTOR_LENGTH);
  private final Ring standInCompletion = Ring.standIn(arena, Long.BYTES);
  private Ring transmit;
  private Ring completion;

  private final int slotLength;
  private final int chunkLength;
  private final ByteBuffer umem;

  /** Where in the UMEM each slot's frame is, and how long that is. */
  private final int[] chunks = new int[SLOTS];

  private final int[] lengths = new int[SLOTS];

  /** Chunks that are nobody's; the ones used last are taken first, while caches still hold them. */
  private final int[] free = new int[CHUNKS];

  private int freeCount;

  /** Up to where the transmit ring is filled, and up to where the kernel has gone through it. */
  private int produced;

  private int consumed;
  private int completed;

  private int rehearsalMask;
  private int mtuLimit;

  private XdpSocket(String interfaceName) throws OsException {
    int asking = -1;
    int socket = -1;
    long transmitAt = MAP_FAILED;
    long completionAt = MAP_FAILED;
    boolean opened = false;
    try {
      // Sockets of the family AF_XDP answer no questions about interfaces.
      asking = LibC.socket("open a packet socket", AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0, errno);
      questioner = asking;
      questions = new InterfaceQuestions(arena, asking, interfaceName);
      int longest = questions.target().mtu() + ETHERNET_HEADER + VLAN_TAG;
      if (longest > LARGE_CHUNK || longest < 0) {
        throw new OsException("send frames of " + longest + " bytes by AF_XDP", Errno.EMSGSIZE);
      }
      slotLength = longest;
      chunkLength = longest <= SMALL_CHUNK ? SMALL_CHUNK : LARGE_CHUNK;
      mtuLimit = questions.target().mtu() + ETHERNET_HEADER;

      socket = LibC.socket("open an AF_XDP socket", AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0, errno);
      descriptor = socket;
      umem = register();
      option("make a fill ring", SOL_XDP, XDP_UMEM_FILL_RING, CHUNKS);
      option("make a completion ring", SOL_XDP, XDP_UMEM_COMPLETION_RING, CHUNKS);
      option("make a transmit ring", SOL_XDP, XDP_TX_RING, CHUNKS);
      option("send by AF_XDP before Linux 6.17", SOL_XDP, XDP_MAX_TX_SKB_BUDGET, SLOTS);
      enlargeSendBuffer();

      MemorySegment offsets = offsets();
      transmitMapped =
          offsets.get(JAVA_LONG, OFFSETS_TX + OFFSET_ENTRIES) + (long) CHUNKS * DESCRIPTOR_LENGTH;
      completionMapped =
          offsets.get(JAVA_LONG, OFFSETS_COMPLETION + OFFSET_ENTRIES) + (long) CHUNKS * Long.BYTES;
      transmitAt = map(transmitMapped, XDP_PGOFF_TX_RING);
      transmitMapping = transmitAt;
      completionAt = map(completionMapped, XDP_UMEM_PGOFF_COMPLETION_RING);
      completionMapping = completionAt;
      kernelTransmit = ring(offsets, OFFSETS_TX, transmitMapping);
      kernelCompletion = ring(offsets, OFFSETS_COMPLETION, completionMapping);
      bind();
      opened = true;
    } finally {
      if (!opened) {
        release(asking, socket, transmitAt, completionAt);
      }
    }
    transmit = kernelTransmit;
    completion = kernelCompletion;
    // Where all frames begin a power of two apart, a cache has room for a few of them only: so
    // those
    // of neighbouring chunks begin a cache line further in, as far as their length allows.
    int beginnings = (chunkLength - slotLength) / CACHE_LINE + 1;
    for (int chunk = 0; chunk < CHUNKS; chunk++) {
      free[chunk] = chunk * chunkLength + chunk % beginnings * CACHE_LINE;
    }
    freeCount = CHUNKS;
    for (int slot = 0; slot < SLOTS; slot++) {
      chunks[slot] = free[--freeCount];
    }
  }

  /**
   * Opens a socket to an interface of the calling thread's network namespace.
   *
   * @param interfaceName its name, or what the kernel also takes for it
   * @throws OsException if a privilege is missing (CAP_NET_RAW, and CAP_IPC_LOCK or room in
   *     RLIMIT_MEMLOCK), there is no such interface ({@link Errno#ENODEV}), its MTU is beyond a
   *     page ({@link Errno#EMSGSIZE}), or the kernel is older than 6.17 or refuses otherwise
   */
  public static XdpSocket open(String interfaceName) throws OsException {
    return new XdpSocket(interfaceName);
  }

  @Override
  public TargetInterface target() {
    return questions.target();
  }

  @Override
  public int slots() {
    return SLOTS;
  }

  @Override
  public int slotLength() {
    return slotLength;
  }

  /** The one copy that this process makes: the chunk is where the kernel takes the frame from. */
  @Override
  public void put(int slot, ByteBuffer from, int offset, int length) {
    umem.put(chunks[slot], from, offset, length);
    lengths[slot] = length;
  }

  @Override
  public int longestFrame(boolean tagged) {
    mtuLimit = questions.mtu() + ETHERNET_HEADER;
    return Math.min(slotLength, tagged ? mtuLimit + VLAN_TAG : mtuLimit);
  }

  @Override
  public void setRehearsing(boolean rehearsing) {
    rehearsalMask = rehearsing ? -1 : 0;
    transmit = rehearsing ? standInTransmit : kernelTransmit;
    completion = rehearsing ? standInCompletion : kernelCompletion;
    produced = (int) INT.getAcquire(MEMORY, transmit.producer);
    consumed = (int) INT.getAcquire(MEMORY, transmit.consumer);
    completed = (int) INT.getAcquire(MEMORY, completion.consumer);
  }

  @Override
  public int send(int first, int count) {
    reap();
    int most = Math.min(count, freeCount);
    int frames = fill(first, most);
    if (frames == 0) {
      return most == 0 ? -Errno.EAGAIN : -Errno.EMSGSIZE;
    }
    int error = wakeKernel();
    standInForKernel(frames & rehearsalMask);
    // After a drop that nothing followed, the kernel is one further than it shows.
    int passed = Math.max(0, (int) INT.getAcquire(MEMORY, transmit.consumer) - consumed);
    int accepted = Math.min(passed, frames);
    if (error == EBUSY) {
      accepted = Math.max(0, passed - 1);
      consumed += accepted + 1;
      keep(first + accepted);
    } else {
      consumed += passed;
    }
    for (int slot = first; slot < first + accepted; slot++) {
      chunks[slot] = free[--freeCount];
    }
    if (accepted > 0) {
      return accepted;
    }
    // That the other end's queue is full a packet socket tells by ENOBUFS.
    return error == EBUSY ? -Errno.ENOBUFS : -error;
  }

  /**
   * Writes frames into the transmit ring, from where the kernel is on: over those that it did not
   * get to the last time, if there are any.
   *
   * @return how many; fewer where one is too long
   */
  private int fill(int first, int most) {
    int at = consumed;
    int slot = first;
    while (slot < first + most && fits(slot)) {
      long entry = transmit.entries + (long) (at & RING_MASK) * DESCRIPTOR_LENGTH;
      MEMORY.set(JAVA_LONG, entry, chunks[slot]);
      // With the options behind it, which are none.
      MEMORY.set(JAVA_LONG, entry + DESCRIPTOR_LEN, lengths[slot]);
      at++;
      slot++;
    }
    if (at != consumed) {
      for (int left = at; left - produced < 0; left++) {
        MEMORY.set(
            JAVA_LONG, transmit.entries + (long) (left & RING_MASK) * DESCRIPTOR_LENGTH, NOWHERE);
      }
      produced = at - produced > 0 ? at : produced;
      INT.setRelease(MEMORY, transmit.producer, produced);
    }
    return slot - first;
  }

  /** The kernel checks no frame against the MTU on this way; the other end of a veth would. */
  private boolean fits(int slot) {
    int length = lengths[slot];
    return length <= mtuLimit
        || (length <= mtuLimit + VLAN_TAG
            && umem.getShort(chunks[slot] + ETHERTYPE) == ETHERTYPE_802_1Q);
  }

  /** Makes the kernel go through the transmit ring; returns the error number. */
  private int wakeKernel() {
    long result = LibC.SENDTO.call(errno, descriptor, 0, 0, MSG_DONTWAIT, 0, 0);
    return result < 0 ? LibC.errno(errno) : 0;
  }

  /** The frame was dropped and its chunk comes back: the slot gets it in another. */
  private void keep(int slot) {
    int chunk = free[--freeCount];
    umem.put(chunk, umem, chunks[slot], lengths[slot]);
    chunks[slot] = chunk;
  }

  /** Takes back the chunks that the kernel is done with. */
  private void reap() {
    int available = (int) INT.getAcquire(MEMORY, completion.producer);
    while (completed != available) {
      long entry = completion.entries + (long) (completed & RING_MASK) * Long.BYTES;
      free[freeCount++] = (int) MEMORY.get(JAVA_LONG, entry);
      completed++;
    }
    INT.setRelease(MEMORY, completion.consumer, completed);
  }

  /** For a rehearsal: moves frames from one ring to the other. Of 0 frames nothing is seen. */
  private void standInForKernel(int frames) {
    int from = (int) INT.getAcquire(MEMORY, standInTransmit.consumer);
    int to = (int) INT.getAcquire(MEMORY, standInCompletion.producer);
    for (int moved = 0; moved < frames; moved++) {
      long descriptorAt =
          standInTransmit.entries + (long) ((from + moved) & RING_MASK) * DESCRIPTOR_LENGTH;
      MEMORY.set(
          JAVA_LONG,
          standInCompletion.entries + (long) ((to + moved) & RING_MASK) * Long.BYTES,
          MEMORY.get(JAVA_LONG, descriptorAt));
    }
    INT.setRelease(MEMORY, standInTransmit.consumer, from + frames);
    INT.setRelease(MEMORY, standInCompletion.producer, to + frames);
  }

  /** Not by poll(2): on this kind of socket that would send. */
  @Override
  public void awaitRoom(int millis) {
    LockSupport.parkNanos(LONGEST_WAIT_NANOS);
  }

  @Override
  public boolean isRunning() {
    mtuLimit = questions.mtu() + ETHERNET_HEADER;
    return questions.isRunning();
  }

  @Override
  public boolean exists() {
    return questions.exists();
  }

  @Override
  public void close() {
    release(questioner, descriptor, transmitMapping, completionMapping);
  }

  private void release(int asking, int socket, long transmitAt, long completionAt) {
    if (transmitAt != MAP_FAILED) {
      var _ = LibC.MUNMAP.callInt(errno, transmitAt, transmitMapped, 0);
    }
    if (completionAt != MAP_FAILED) {
      var _ = LibC.MUNMAP.callInt(errno, completionAt, completionMapped, 0);
    }
    if (socket >= 0) {
      LibC.close(socket, errno);
    }
    if (asking >= 0) {
      LibC.close(asking, errno);
    }
    arena.close();
  }

  private ByteBuffer register() throws OsException {
    MemorySegment memory = arena.allocate((long) CHUNKS * chunkLength, LARGE_CHUNK);
    MemorySegment registration = arena.allocate(UMEM_REG_LENGTH, Long.BYTES);
    registration.set(JAVA_LONG, 0, memory.address());
    registration.set(JAVA_LONG, UMEM_REG_LEN, memory.byteSize());
    registration.set(JAVA_INT, UMEM_REG_CHUNK_SIZE, chunkLength);
    option("register memory for AF_XDP", SOL_XDP, XDP_UMEM_REG, registration);
    return memory.asByteBuffer();
  }

  private void enlargeSendBuffer() throws OsException {
    try {
      option("enlarge the send buffer", SOL_SOCKET, SO_SNDBUFFORCE, SEND_BUFFER);
    } catch (OsException refused) {
      if (!refused.lacksPrivilege()) {
        throw refused;
      }
      // Without CAP_NET_ADMIN it stays as it is: there is more waiting for room.
    }
  }

  private MemorySegment offsets() throws OsException {
    MemorySegment offsets = arena.allocate(OFFSETS_LENGTH, Long.BYTES);
    MemorySegment length = arena.allocate(JAVA_INT);
    length.set(JAVA_INT, 0, OFFSETS_LENGTH);
    int result =
        LibC.GETSOCKOPT.callInt(
            errno, descriptor, SOL_XDP, XDP_MMAP_OFFSETS, offsets.address(), length.address());
    LibC.check("learn where the rings are", result, errno);
    return offsets;
  }

  private long map(long length, long at) throws OsException {
    long mapped =
        LibC.MMAP.call(errno, 0, length, PROT_READ_WRITE, MAP_SHARED_POPULATE, descriptor, at);
    LibC.check("map a ring", mapped == MAP_FAILED ? -1 : 0, errno);
    return mapped;
  }

  private static Ring ring(MemorySegment offsets, int which, long mapping) {
    return new Ring(
        mapping + offsets.get(JAVA_LONG, which),
        mapping + offsets.get(JAVA_LONG, which + OFFSET_CONSUMER),
        mapping + offsets.get(JAVA_LONG, which + OFFSET_ENTRIES));
  }

  /** The kernel gives a queue back some time after the socket before was closed. */
  private void bind() throws OsException {
    long until = System.nanoTime() + BIND_PATIENCE;
    int result = tryToBind();
    while (result < 0 && LibC.errno(errno) == EBUSY && System.nanoTime() - until < 0) {
      LockSupport.parkNanos(BIND_PAUSE);
      result = tryToBind();
    }
    LibC.check("bind an AF_XDP socket to interface " + target().name(), result, errno);
  }

  private int tryToBind() {
    MemorySegment address = arena.allocate(SOCKADDR_XDP_LENGTH, Integer.BYTES);
    address.set(JAVA_SHORT, 0, (short) AF_XDP);
    address.set(JAVA_SHORT, SOCKADDR_XDP_FLAGS, (short) (XDP_COPY | XDP_USE_NEED_WAKEUP));
    address.set(JAVA_INT, SOCKADDR_XDP_IFINDEX, target().index());
    return LibC.BIND.callInt(errno, descriptor, address.address(), SOCKADDR_XDP_LENGTH);
  }

  private void option(String attempt, int level, int option, int value) throws OsException {
    MemorySegment memory = arena.allocate(JAVA_INT);
    memory.set(JAVA_INT, 0, value);
    option(attempt, level, option, memory);
  }

  private void option(String attempt, int level, int option, MemorySegment value)
      throws OsException {
    int result =
        LibC.SETSOCKOPT.callInt(
            errno, descriptor, level, option, value.address(), value.byteSize());
    LibC.check(attempt, result, errno);
  }
}
