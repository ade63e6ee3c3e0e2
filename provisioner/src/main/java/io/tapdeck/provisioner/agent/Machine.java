package io.tapdeck.provisioner.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The machine that this process runs on. */
public final class Machine {
  private Machine() {}

  /**
   * What tells this machine from others until it starts anew (random(4)): the same for all who run
   * on it, in whatever container or network namespace. Empty if it cannot be read.
   */
  public static String bootId() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    } catch (IOException unreadable) {
      return "";
    }
  }
}
