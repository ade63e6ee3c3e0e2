package io.tapdeck.provisioner.agent;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * A packet socket on one interface of the calling thread's network namespace (packet(7)): sends
 * frames as they are, and receives those that come in, with their VLAN tag, which Linux keeps apart
 * (struct tpacket_auxdata).
 */
final class PacketSocket implements AutoCloseable {
  private static final int AF_PACKET = 17;
  private static final int SOCK_RAW = 3;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVBUFFORCE = 33;
  private static final int SOL_PACKET = 263;
  private static final int PACKET_AUXDATA = 8;
  private static final int PACKET_QDISC_BYPASS = 20;
  private static final int PACKET_IGNORE_OUTGOING = 23;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int CLONE_NEWNET = 0x40000000;
  private static final short ALL_PROTOCOLS = 0x0300; // ETH_P_ALL in network order
  private static final int BUFFER = 64 << 20;
  private static final int LONGEST = 4096;

  /** struct msghdr: what its pointers point to is set up once. */
  private static final int MESSAGE_IOV = 16;

  private static final int MESSAGE_CONTROL = 32;
  private static final int MESSAGE_SIZE = 56;
  private static final int CONTROL_SIZE = 64;

  /** In the control message after its header: status, two lengths, two offsets, the tag. */
  private static final int AUXDATA = 16;

  private static final int STATUS_VLAN = 0x10;
  private static final int AUXDATA_TCI = AUXDATA + 16;
  private static final int AUXDATA_TPID = AUXDATA + 18;
  private static final int ADDRESSES = 12;

  private static final ValueLayout.OfShort NETWORK_SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private static final MethodHandle SOCKET = function("socket", JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle BIND = function("bind", JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle OPTION =
      function("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle SEND = function("send", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
  private static final MethodHandle RECEIVE = function("recvmsg", JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle OPEN = function("open", ADDRESS, JAVA_INT);
  private static final MethodHandle CLOSE = function("close", JAVA_INT);
  private static final MethodHandle SETNS = function("setns", JAVA_INT, JAVA_INT);
  private static final MethodHandle INDEX = function("if_nametoindex", ADDRESS);

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment buffer = arena.allocate(LONGEST);
  private final MemorySegment control = arena.allocate(CONTROL_SIZE, Long.BYTES);
  private final MemorySegment message = arena.allocate(MESSAGE_SIZE, Long.BYTES);
  private final int descriptor;

  private PacketSocket(String device) throws IOException {
    descriptor = call(SOCKET, AF_PACKET, SOCK_RAW, 0);
    MemorySegment iov = arena.allocate(16, Long.BYTES);
    iov.set(ADDRESS, 0, buffer);
    iov.set(JAVA_LONG, 8, LONGEST);
    message.set(ADDRESS, MESSAGE_IOV, iov);
    message.set(JAVA_LONG, MESSAGE_IOV + 8, 1);
    message.set(ADDRESS, MESSAGE_CONTROL, control);
    set(SOL_SOCKET, SO_RCVBUFFORCE, BUFFER);
    set(SOL_PACKET, PACKET_AUXDATA, 1);
    // Past what would keep the host's own stack from sending.
    set(SOL_PACKET, PACKET_QDISC_BYPASS, 1);
    set(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1);
    MemorySegment address = arena.allocate(20, Integer.BYTES);
    address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_PACKET);
    address.set(ValueLayout.JAVA_SHORT, 2, ALL_PROTOCOLS);
    address.set(JAVA_INT, 4, call(INDEX, arena.allocateFrom(device)));
    var _ = call(BIND, descriptor, address, 20);
  }

  /** Opens one; from now on it receives. */
  static PacketSocket on(String device) throws IOException {
    return new PacketSocket(device);
  }

  /** Takes the calling thread, and what it starts, into a network namespace. */
  static void enter(String path) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      int namespace = call(OPEN, arena.allocateFrom(path), 0);
      var _ = call(SETNS, namespace, CLONE_NEWNET);
      var _ = call(CLOSE, namespace);
    }
  }

  private static MethodHandle function(String name, MemoryLayout... arguments) {
    return Linker.nativeLinker()
        .downcallHandle(
            Linker.nativeLinker().defaultLookup().findOrThrow(name),
            FunctionDescriptor.of(JAVA_INT, arguments));
  }

  private static int call(MethodHandle function, Object... arguments) throws IOException {
    int result;
    try {
      result = (int) function.invokeWithArguments(arguments);
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
    if (result < 0) {
      throw new IOException("a system call failed");
    }
    return result;
  }

  private void set(int level, int option, int value) throws IOException {
    MemorySegment of = arena.allocateFrom(JAVA_INT, value);
    var _ = call(OPTION, descriptor, level, option, of, Integer.BYTES);
  }

  /**
   * Sends a frame.
   *
   * @throws IOException if its device does not take it
   */
  void send(byte[] frame) throws IOException {
    MemorySegment.copy(frame, 0, buffer, ValueLayout.JAVA_BYTE, 0, frame.length);
    for (int left = 100; ; left--) {
      try {
        var _ = call(SEND, descriptor, buffer, (long) frame.length, 0);
        return;
      } catch (IOException full) {
        if (left == 0) {
          throw full;
        }
        LockSupport.parkNanos(1_000_000);
      }
    }
  }

  /** The next frame that came in, if there is one. */
  Optional<byte[]> receive() {
    message.set(JAVA_LONG, MESSAGE_CONTROL + 8, CONTROL_SIZE);
    control.fill((byte) 0);
    int length;
    try {
      length = (int) RECEIVE.invokeExact(descriptor, message, MSG_DONTWAIT);
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
    if (length < 0) {
      return Optional.empty();
    }
    byte[] got = buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
    if ((control.get(JAVA_INT, AUXDATA) & STATUS_VLAN) == 0) {
      return Optional.of(got);
    }
    byte[] tagged = new byte[length + 4];
    System.arraycopy(got, 0, tagged, 0, ADDRESSES);
    System.arraycopy(got, ADDRESSES, tagged, ADDRESSES + 4, length - ADDRESSES);
    MemorySegment tag = MemorySegment.ofArray(tagged);
    tag.set(NETWORK_SHORT, ADDRESSES, control.get(ValueLayout.JAVA_SHORT, AUXDATA_TPID));
    tag.set(NETWORK_SHORT, ADDRESSES + 2, control.get(ValueLayout.JAVA_SHORT, AUXDATA_TCI));
    return Optional.of(tagged);
  }

  @Override
  public void close() throws IOException {
    var _ = call(CLOSE, descriptor);
    arena.close();
  }
}
