package io.tapdeck.capture.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What this process may do (capabilities(7)).
 *
 * @param effective a bit for each capability, as in {@code CapEff} of proc_pid_status(5)
 */
public record Capabilities(long effective) {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String EFFECTIVE = "CapEff:";
  private static final int NET_ADMIN = 12;
  private static final int NET_RAW = 13;
  private static final int SYS_ADMIN = 21;

  /** Reads those of this process. */
  static Capabilities read() throws IOException {
    try (Stream<String> lines = Files.lines(STATUS)) {
      return parse(
          lines
              .filter(line -> line.startsWith(EFFECTIVE))
              .findFirst()
              .orElseThrow(() -> new IOException(STATUS + " has no " + EFFECTIVE)));
    }
  }

  /** Reads a line such as {@code CapEff: 000001ffffffffff}. */
  static Capabilities parse(String line) {
    return new Capabilities(Long.parseUnsignedLong(line.substring(EFFECTIVE.length()).strip(), 16));
  }

  /** May capture on interfaces. */
  boolean netRaw() {
    return has(NET_RAW);
  }

  /** May change an interface's settings, its offloads for example. */
  boolean netAdmin() {
    return has(NET_ADMIN);
  }

  /** May enter network namespaces. */
  boolean sysAdmin() {
    return has(SYS_ADMIN);
  }

  private boolean has(int bit) {
    return (effective >>> bit & 1) != 0;
  }
}
