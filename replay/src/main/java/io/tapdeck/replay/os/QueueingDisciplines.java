package io.tapdeck.replay.os;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.tapdeck.capture.os.OsException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The queueing disciplines of an interface (tc(8)), as {@code tc qdisc show} lists them: by a dump
 * of RTM_GETQDISC, rtnetlink(7).
 *
 * <pre>
 * struct nlmsghdr { u32 len, u16 type, u16 flags, u32 seq, u32 pid } 16
 * struct tcmsg    { u8 family, pad[3], s32 ifindex, u32 handle, parent, info } 20
 * struct rtattr   { u16 len, u16 type } 4, then the value, padded to 4
 * </pre>
 */
final class QueueingDisciplines {
  private static final int AF_NETLINK = 16;
  private static final int SOCK_RAW = 3;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int NETLINK_ROUTE = 0;
  private static final short RTM_GETQDISC = 38;
  private static final short RTM_NEWQDISC = 36;
  private static final short NLM_F_REQUEST_DUMP = 0x301;
  private static final short NLMSG_ERROR = 2;
  private static final short NLMSG_DONE = 3;
  private static final short TCA_KIND = 1;

  private static final int HEADER_LENGTH = 16;
  private static final int HEADER_TYPE = 4;
  private static final int HEADER_FLAGS = 6;
  private static final int TCMSG_LENGTH = 20;
  private static final int TCMSG_IFINDEX = HEADER_LENGTH + 4;
  private static final int ATTRIBUTE_HEADER = 4;

  /** What the kernel makes a part of a dump: 32 KiB at most. */
  private static final int PART_LENGTH = 32 << 10;

  private final int ifindex;
  private final List<String> kinds = new ArrayList<>();

  private QueueingDisciplines(int ifindex) {
    this.ifindex = ifindex;
  }

  /**
   * Names such as {@code fq_codel}; {@code noqueue} where frames are handed to the driver directly.
   *
   * @param ifindex an interface of the calling thread's network namespace
   */
  static List<String> of(int ifindex) throws OsException {
    QueueingDisciplines found = new QueueingDisciplines(ifindex);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(LibC.ERRNO);
      int socket =
          LibC.socket(
              "open a netlink socket", AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE, errno);
      try {
        found.dump(arena, errno, socket);
      } finally {
        LibC.close(socket, errno);
      }
    }
    return found.kinds;
  }

  private void dump(Arena arena, MemorySegment errno, int socket) throws OsException {
    String attempt = "list queueing disciplines";
    MemorySegment part = arena.allocate(PART_LENGTH, Integer.BYTES);
    int length = HEADER_LENGTH + TCMSG_LENGTH;
    part.set(JAVA_INT, 0, length);
    part.set(JAVA_SHORT, HEADER_TYPE, RTM_GETQDISC);
    part.set(JAVA_SHORT, HEADER_FLAGS, NLM_F_REQUEST_DUMP);
    long sent = LibC.SENDTO.call(errno, socket, part.address(), length, 0, 0, 0);
    LibC.check(attempt, (int) sent, errno);
    boolean more = true;
    while (more) {
      long received = LibC.RECV.call(errno, socket, part.address(), PART_LENGTH, 0, 0, 0);
      LibC.check(attempt, (int) received, errno);
      more = read(part.asSlice(0, received));
    }
  }

  /** Reads one part; false at the end. */
  private boolean read(MemorySegment part) {
    long at = 0;
    while (part.byteSize() - at >= HEADER_LENGTH) {
      int length = part.get(JAVA_INT, at);
      short type = part.get(JAVA_SHORT, at + HEADER_TYPE);
      if (type == NLMSG_DONE
          || type == NLMSG_ERROR
          || length < HEADER_LENGTH
          || length > part.byteSize() - at) {
        return false;
      }
      if (type == RTM_NEWQDISC && length >= HEADER_LENGTH + TCMSG_LENGTH) {
        readDiscipline(part.asSlice(at, length));
      }
      at += align(length);
    }
    return at > 0;
  }

  private void readDiscipline(MemorySegment message) {
    if (message.get(JAVA_INT, TCMSG_IFINDEX) != ifindex) {
      return;
    }
    long at = HEADER_LENGTH + TCMSG_LENGTH;
    while (message.byteSize() - at >= ATTRIBUTE_HEADER) {
      int length = Short.toUnsignedInt(message.get(JAVA_SHORT, at));
      if (length <= ATTRIBUTE_HEADER || length > message.byteSize() - at) {
        return;
      }
      if (message.get(JAVA_SHORT, at + 2) == TCA_KIND) {
        byte[] name =
            message.asSlice(at + ATTRIBUTE_HEADER, length - ATTRIBUTE_HEADER).toArray(JAVA_BYTE);
        kinds.add(new String(name, StandardCharsets.US_ASCII).replace("\0", ""));
      }
      at += align(length);
    }
  }

  private static long align(int length) {
    return (length + 3L) & ~3L;
  }
}
