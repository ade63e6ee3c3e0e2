package io.tapdeck.web.privilege;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the kernel says of a process, proc_pid_status(5).
 *
 * @param user the number of the user whose permissions it has
 * @param capabilities that it has
 * @param isShut whether neither it nor what it starts can come to more privileges
 */
public record ProcessStatus(int user, List<Capability> capabilities, boolean isShut) {
  public ProcessStatus {
    capabilities = List.copyOf(capabilities);
  }

  /** Of this process. */
  public static ProcessStatus own() throws IOException {
    return read(ProcessHandle.current().pid());
  }

  /**
   * Reads that of a process.
   *
   * @throws IOException if there is none
   */
  public static ProcessStatus read(long pid) throws IOException {
    Map<String, String> fields = new HashMap<>();
    try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
      lines
          .map(line -> line.split(":", 2))
          .filter(field -> field.length == 2)
          .forEach(field -> fields.put(field[0], field[1].strip()));
    }
    try {
      return new ProcessStatus(
          Integer.parseInt(fields.getOrDefault("Uid", "").split("\\s+", -1)[1]),
          Capability.of(Long.parseUnsignedLong(fields.getOrDefault("CapEff", ""), 16)),
          fields.getOrDefault("NoNewPrivs", "0").equals("1"));
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException untold) {
      throw new IOException("process " + pid + " does not tell its privileges", untold);
    }
  }

  /** Whether it is root with all that root needs to start others under an account. */
  public boolean canConfine() {
    return user == 0
        && capabilities.containsAll(
            List.of(
                Capability.CHOWN,
                Capability.DAC_OVERRIDE,
                Capability.SETUID,
                Capability.SETGID,
                Capability.SETPCAP,
                Capability.SYS_ADMIN));
  }
}
