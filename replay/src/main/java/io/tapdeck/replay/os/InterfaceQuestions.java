package io.tapdeck.replay.os;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.tapdeck.capture.os.Errno;
import io.tapdeck.capture.os.OsException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * What the kernel tells about one interface, by the ioctl calls of netdevice(7). Asked through a
 * socket, in whose network namespace the interface is. For the use of one thread.
 */
final class InterfaceQuestions {
  private static final long SIOCGIFNAME = 0x8910;
  private static final long SIOCGIFFLAGS = 0x8913;
  private static final long SIOCGIFMTU = 0x8921;
  private static final long SIOCGIFHWADDR = 0x8927;
  private static final long SIOCGIFINDEX = 0x8933;
  private static final int IFF_UP = 0x1;
  private static final int IFF_RUNNING = 0x40;

  /** struct ifreq: the name, then a union. */
  private static final int IFREQ_LENGTH = 40;

  private static final int IFREQ_NAME_LENGTH = 16;

  private final MemorySegment errno;
  private final MemorySegment ifreq;
  private final int descriptor;
  private final TargetInterface target;

  /**
   * @param interfaceName its name, or what the kernel also takes for it
   * @throws OsException {@link Errno#ENODEV} if there is none
   */
  InterfaceQuestions(Arena arena, int descriptor, String interfaceName) throws OsException {
    this.errno = arena.allocate(LibC.ERRNO);
    this.ifreq = arena.allocate(IFREQ_LENGTH, Long.BYTES);
    this.descriptor = descriptor;
    this.target = look(interfaceName);
  }

  /** The interface as it was when it was first asked about. */
  TargetInterface target() {
    return target;
  }

  /** Whether it is up and has a carrier now. */
  boolean isRunning() {
    // The request before overwrote what the name is followed by, not the name.
    int flags = ask(SIOCGIFFLAGS) < 0 ? 0 : ifreq.get(JAVA_SHORT, IFREQ_NAME_LENGTH);
    return (flags & IFF_UP) != 0 && (flags & IFF_RUNNING) != 0;
  }

  /** Whether there is one of that name. */
  boolean exists() {
    return ask(SIOCGIFFLAGS) >= 0;
  }

  /** The MTU that it has now; the one it had at first if it is gone. */
  int mtu() {
    return ask(SIOCGIFMTU) < 0 ? target.mtu() : ifreq.get(JAVA_INT, IFREQ_NAME_LENGTH);
  }

  private TargetInterface look(String name) throws OsException {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    int copied = Math.min(bytes.length, IFREQ_NAME_LENGTH);
    MemorySegment.copy(bytes, 0, ifreq, JAVA_BYTE, 0, copied);
    String attempt = "look at interface " + name;
    if (bytes.length >= IFREQ_NAME_LENGTH) {
      throw new OsException(attempt, Errno.ENODEV);
    }
    LibC.check(attempt, ask(SIOCGIFINDEX), errno);
    int index = ifreq.get(JAVA_INT, IFREQ_NAME_LENGTH);
    // From here on by the one name that it has in sysfs, whatever other it was asked for by.
    LibC.check(attempt, ask(SIOCGIFNAME), errno);
    String ownName = ifreq.getString(0);
    LibC.check(attempt, ask(SIOCGIFMTU), errno);
    int mtu = ifreq.get(JAVA_INT, IFREQ_NAME_LENGTH);
    LibC.check(attempt, ask(SIOCGIFHWADDR), errno);
    int hardwareType = Short.toUnsignedInt(ifreq.get(JAVA_SHORT, IFREQ_NAME_LENGTH));
    LibC.check(attempt, ask(SIOCGIFFLAGS), errno);
    int flags = ifreq.get(JAVA_SHORT, IFREQ_NAME_LENGTH);
    boolean up = (flags & IFF_UP) != 0;
    return new TargetInterface(
        ownName, index, mtu, hardwareType, up, up && (flags & IFF_RUNNING) != 0);
  }

  private int ask(long request) {
    return LibC.IOCTL.callInt(errno, descriptor, request, ifreq.address());
  }
}
