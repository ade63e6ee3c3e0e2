package io.tapdeck.replay.os;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.tapdeck.capture.os.Errno;
import io.tapdeck.capture.os.OsException;
import io.tapdeck.capture.pcap.PcapFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * A packet socket (packet(7)) bound to one interface, that sends and never receives. It belongs to
 * the network namespace of the thread that opens it, and is used and closed by that thread.
 *
 * <p>The frames lie in memory that is allocated once, beside the arrays that {@code sendmmsg(2)}
 * takes:
 *
 * <pre>
 * struct iovec {             struct mmsghdr {
 *    0  void  *iov_base;        0  void         *msg_name;         (none: the socket is bound)
 *    8  size_t iov_len;         8  socklen_t     msg_namelen;
 * } 16                         16  struct iovec *msg_iov;
 *                              24  size_t        msg_iovlen;       (1)
 *                              32  void         *msg_control;      (none)
 *                              40  size_t        msg_controllen;
 *                              48  int           msg_flags;
 *                              56  unsigned int  msg_len;          (bytes sent, by the kernel)
 *                           } 64
 * </pre>
 *
 * <p>Frames take the usual way, through the interface's queueing discipline: going past it
 * (PACKET_QDISC_BYPASS) would also go past the shaping and the filters that the interface has.
 */
public final class TransmitSocket implements InterfaceLink {
  /** Frames in one call: enough for the call to cost little beside what it does for each frame. */
  public static final int SLOTS = 64;

  private static final int ETHERNET_HEADER = 14;
  private static final int VLAN_TAG = 4;

  /** A cache line: no frame shares one with its neighbour. */
  private static final long FRAME_ALIGNMENT = 64;

  private static final int AF_PACKET = 17;
  private static final int SOCK_RAW = 3;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int MSG_DONTWAIT = 0x40;
  private static final short POLLOUT = 4;

  /** struct sockaddr_ll: family 0, protocol 2, ifindex 4, then what sending does not need. */
  private static final int SOCKADDR_LL_LENGTH = 20;

  private static final int SOCKADDR_LL_IFINDEX = 4;

  private static final int POLLFD_LENGTH = 8;
  private static final int POLLFD_EVENTS = 4;

  private static final int IOVEC_LENGTH = 16;
  private static final int IOVEC_LEN = 8;
  private static final int MMSGHDR_LENGTH = 64;
  private static final int MMSGHDR_IOV = 16;
  private static final int MMSGHDR_IOVLEN = 24;

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment errno = arena.allocate(LibC.ERRNO);
  private final MemorySegment pollfd = arena.allocate(POLLFD_LENGTH, Integer.BYTES);
  private final int descriptor;
  private final InterfaceQuestions questions;
  private final int slotLength;
  private final long slotStride;
  private final MemorySegment iovecs;
  private final MemorySegment headers;
  private final long headersAddress;
  private final ByteBuffer frames;
  private int countMask = -1;

  private TransmitSocket(String interfaceName) throws OsException {
    boolean opened = false;
    int socket = -1;
    try {
      // Protocol 0: nothing that arrives on the interface is queued for this socket.
      socket = LibC.socket("open a packet socket", AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0, errno);
      descriptor = socket;
      questions = new InterfaceQuestions(arena, socket, interfaceName);
      bind();
      opened = true;
    } finally {
      if (!opened) {
        if (socket >= 0) {
          LibC.close(socket, errno);
        }
        arena.close();
      }
    }
    pollfd.set(JAVA_INT, 0, descriptor);
    pollfd.set(JAVA_SHORT, POLLFD_EVENTS, POLLOUT);
    // Some interfaces let the MTU be set to two gigabytes; no frame in a capture is that long.
    slotLength =
        Math.clamp(
            (long) target().mtu() + ETHERNET_HEADER + VLAN_TAG,
            ETHERNET_HEADER,
            PcapFormat.LARGEST_CAPTURE_LENGTH);
    slotStride = (slotLength + FRAME_ALIGNMENT - 1) & -FRAME_ALIGNMENT;
    MemorySegment frameMemory = arena.allocate(SLOTS * slotStride, FRAME_ALIGNMENT);
    frames = frameMemory.asByteBuffer();
    iovecs = arena.allocate((long) SLOTS * IOVEC_LENGTH, Long.BYTES);
    headers = arena.allocate((long) SLOTS * MMSGHDR_LENGTH, Long.BYTES);
    headersAddress = headers.address();
    for (int slot = 0; slot < SLOTS; slot++) {
      long iovec = (long) slot * IOVEC_LENGTH;
      long header = (long) slot * MMSGHDR_LENGTH;
      iovecs.set(JAVA_LONG, iovec, frameMemory.address() + slot * slotStride);
      headers.set(JAVA_LONG, header + MMSGHDR_IOV, iovecs.address() + iovec);
      headers.set(JAVA_LONG, header + MMSGHDR_IOVLEN, 1);
    }
  }

  /**
   * Opens a socket to an interface of the calling thread's network namespace.
   *
   * @param interfaceName its name, or what the kernel also takes for it: an alternative name, or
   *     one with a label ({@code eth0:1})
   * @throws OsException if the privilege CAP_NET_RAW is missing, there is no such interface ({@link
   *     Errno#ENODEV}), or the kernel refuses otherwise
   */
  public static TransmitSocket open(String interfaceName) throws OsException {
    return new TransmitSocket(interfaceName);
  }

  @Override
  public TargetInterface target() {
    return questions.target();
  }

  @Override
  public int slots() {
    return SLOTS;
  }

  /** A frame of the MTU's size with a VLAN tag; the kernel draws the line for the untagged ones. */
  @Override
  public int slotLength() {
    return slotLength;
  }

  @Override
  public void put(int slot, ByteBuffer from, int offset, int length) {
    frames.put((int) (slot * slotStride), from, offset, length);
    iovecs.set(JAVA_LONG, (long) slot * IOVEC_LENGTH + IOVEC_LEN, length);
  }

  @Override
  public void setRehearsing(boolean rehearsing) {
    countMask = rehearsing ? 0 : -1;
  }

  @Override
  public int send(int first, int count) {
    int handedOver = count & countMask;
    int accepted =
        LibC.SENDMMSG.callInt(
            errno,
            descriptor,
            headersAddress + (long) first * MMSGHDR_LENGTH,
            handedOver,
            MSG_DONTWAIT,
            0);
    if (accepted < 0) {
      return -LibC.errno(errno);
    }
    // Without a carrier the kernel puts a discipline in place that accepts all and drops it; the
    // flag is taken away just before. So if it is there still, nothing went that way.
    return questions.isRunning() ? accepted + count - handedOver : whyNotRunning();
  }

  private int whyNotRunning() {
    return questions.exists() ? -Errno.ENETDOWN : -Errno.ENODEV;
  }

  @Override
  public void awaitRoom(int millis) {
    // Room, time over, a signal: the caller tries again in any case.
    var _ = LibC.POLL.callInt(errno, pollfd.address(), 1, millis);
  }

  @Override
  public boolean isRunning() {
    return questions.isRunning();
  }

  @Override
  public boolean exists() {
    return questions.exists();
  }

  @Override
  public int longestFrame(boolean tagged) {
    return Math.min(slotLength, questions.mtu() + ETHERNET_HEADER + (tagged ? VLAN_TAG : 0));
  }

  @Override
  public void close() {
    LibC.close(descriptor, errno);
    arena.close();
  }

  private void bind() throws OsException {
    MemorySegment address = arena.allocate(SOCKADDR_LL_LENGTH, Integer.BYTES);
    address.set(JAVA_SHORT, 0, (short) AF_PACKET);
    address.set(JAVA_INT, SOCKADDR_LL_IFINDEX, target().index());
    int result = LibC.BIND.callInt(errno, descriptor, address.address(), SOCKADDR_LL_LENGTH);
    LibC.check("bind to interface " + target().name(), result, errno);
  }
}
