package io.tapdeck.capture.doctor;

import io.tapdeck.capture.libpcap.PcapVersion;
import io.tapdeck.capture.os.KernelClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a recording needs of the machine, whatever interface and directory.
 *
 * @param kernel its release, as {@code uname -r} prints it
 * @param libpcap the installed one, if any
 * @param clockSource what the kernel's clock counts with; empty if it does not say
 * @param otherClockSources what else it could count with
 * @param clock empty if it could not be asked
 * @param capabilities of this process
 * @param namespaces a network namespace is to be entered
 */
public record MachineFacts(
    String kernel,
    Optional<PcapVersion> libpcap,
    String clockSource,
    List<String> otherClockSources,
    Optional<KernelClock> clock,
    Capabilities capabilities,
    boolean namespaces) {
  private static final Path RELEASE = Path.of("/proc/sys/kernel/osrelease");
  private static final Path CLOCK_SOURCE = Path.of("/sys/devices/system/clocksource/clocksource0");

  public MachineFacts {
    otherClockSources = List.copyOf(otherClockSources);
  }

  /** Reads them. */
  static MachineFacts read(boolean namespaces) throws IOException {
    String current = text(CLOCK_SOURCE.resolve("current_clocksource"));
    return new MachineFacts(
        text(RELEASE),
        PcapVersion.installed(),
        current,
        List.of(text(CLOCK_SOURCE.resolve("available_clocksource")).split(" +", -1)).stream()
            .filter(source -> !source.isEmpty() && !source.equals(current))
            .toList(),
        askClock(),
        Capabilities.read(),
        namespaces);
  }

  private static Optional<KernelClock> askClock() {
    try {
      return Optional.of(KernelClock.read());
    } catch (IOException untold) {
      return Optional.empty();
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException untold) {
      return "";
    }
  }
}
