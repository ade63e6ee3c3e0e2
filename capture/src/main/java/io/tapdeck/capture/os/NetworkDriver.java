package io.tapdeck.capture.os;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import java.nio.charset.StandardCharsets;

/** Which driver an interface has, as {@code ethtool -i} tells it (ETHTOOL_GDRVINFO). */
public final class NetworkDriver {
  private static final int AF_INET = 2;
  private static final int SOCK_DGRAM = 2;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final long SIOCETHTOOL = 0x8946;
  private static final int ETHTOOL_GDRVINFO = 3;

  /** {@code struct ifreq}: the name, then a union that holds a pointer here. */
  private static final int REQUEST_BYTES = 40;

  private static final int NAME_BYTES = 16;

  /** {@code struct ethtool_drvinfo}: the command, then the driver's name in 32 bytes. */
  private static final int DRIVER_INFO_BYTES = 196;

  private static final int DRIVER = 4;

  private NetworkDriver() {}

  /**
   * Asks for the driver of an interface in the calling thread's network namespace. Needs no
   * privilege.
   *
   * @return such as "virtio_net", "veth" or "openvswitch"
   * @throws OsException if there is no such interface ({@link Errno#ENODEV}), or its driver does
   *     not tell
   */
  public static String of(String interfaceName) throws OsException {
    byte[] name = interfaceName.getBytes(StandardCharsets.UTF_8);
    if (name.length >= NAME_BYTES) {
      throw new OsException("driver of " + interfaceName, Errno.ENODEV);
    }
    try (Memory request = new Memory(REQUEST_BYTES);
        Memory info = new Memory(DRIVER_INFO_BYTES)) {
      info.clear();
      info.setInt(0, ETHTOOL_GDRVINFO);
      request.clear();
      request.write(0, name, 0, name.length);
      request.setPointer(NAME_BYTES, info);
      int socket = LibC.socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
      try {
        LibC.ioctl(socket, SIOCETHTOOL, request);
      } finally {
        LibC.close(socket);
      }
      return info.getString(DRIVER, StandardCharsets.UTF_8.name());
    } catch (LastErrorException failed) {
      throw new OsException("driver of " + interfaceName, failed.getErrorCode());
    }
  }
}
