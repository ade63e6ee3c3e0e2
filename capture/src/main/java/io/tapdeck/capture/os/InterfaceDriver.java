package io.tapdeck.capture.os;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** Which of the kernel's drivers an interface has, as {@code ethtool -i} tells it. */
public final class InterfaceDriver {
  private static final int AF_INET = 2;
  private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
  private static final long SIOCETHTOOL = 0x8946;
  private static final int ETHTOOL_GDRVINFO = 3;

  /** {@code struct ifreq} (netdevice(7)): a name, and here a pointer. */
  private static final int IFREQ_BYTES = 40;

  private static final int IFREQ_NAME_BYTES = 16;

  /** {@code struct ethtool_drvinfo} (linux/ethtool.h): the command, then the driver's name. */
  private static final int DRVINFO_BYTES = 196;

  private static final int DRVINFO_DRIVER = 4;

  private InterfaceDriver() {}

  /**
   * The driver's name, such as {@code veth}.
   *
   * @param interfaceName in the calling thread's network namespace
   * @return empty if there is no such interface, or it does not say
   */
  public static Optional<String> of(String interfaceName) {
    byte[] name = interfaceName.getBytes(StandardCharsets.UTF_8);
    if (name.length >= IFREQ_NAME_BYTES) {
      return Optional.empty();
    }
    int socket = -1;
    try (Memory request = new Memory(IFREQ_BYTES);
        Memory answer = new Memory(DRVINFO_BYTES)) {
      request.clear();
      request.write(0, name, 0, name.length);
      request.setPointer(IFREQ_NAME_BYTES, answer);
      answer.clear();
      answer.setInt(0, ETHTOOL_GDRVINFO);
      socket = LibC.socket(AF_INET, SOCK_DGRAM_CLOEXEC, 0);
      LibC.ioctl(socket, SIOCETHTOOL, request);
      byte[] driver = answer.getByteArray(DRVINFO_DRIVER, 32);
      int end = 0;
      while (end < driver.length && driver[end] != 0) {
        end++;
      }
      String text = new String(Arrays.copyOf(driver, end), StandardCharsets.US_ASCII);
      return text.isEmpty() ? Optional.empty() : Optional.of(text);
    } catch (LastErrorException none) {
      return Optional.empty();
    } finally {
      if (socket >= 0) {
        LibC.close(socket);
      }
    }
  }
}
