package io.tapdeck.provisioner.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The machine that this process runs on. */
public final class Machine {
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  private Machine() {}

  /**
   * The kernel's boot id (random(4)): the same in every network namespace, another after each boot;
   * empty where it cannot be read.
   */
  public static String bootId() {
    try {
      return Files.readString(BOOT_ID).strip();
    } catch (IOException unreadable) {
      return "";
    }
  }
}
