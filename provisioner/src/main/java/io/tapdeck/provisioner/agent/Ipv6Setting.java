package io.tapdeck.provisioner.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Whether a device in the agent's own network namespace takes part in IPv6. */
final class Ipv6Setting {
  /** In a device's place: what a new one gets. */
  static final String DEFAULT = "default";

  private Ipv6Setting() {}

  /** A kernel without IPv6 has no such setting. */
  static boolean isOff(String device) throws IOException {
    try {
      return Files.readString(file(device)).strip().equals("1");
    } catch (NoSuchFileException none) {
      return true;
    }
  }

  static void set(String device, boolean on) throws IOException {
    try {
      Files.writeString(file(device), on ? "0" : "1", java.nio.file.StandardOpenOption.WRITE);
    } catch (NoSuchFileException none) {
      // There is nothing to set.
    }
  }

  private static Path file(String device) {
    return Path.of("/proc/sys/net/ipv6/conf", device, "disable_ipv6");
  }
}
