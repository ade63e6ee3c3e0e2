package io.tapdeck.capture.os;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The memory of this machine, or of the container that this process is in. */
public final class SystemMemory {
  private static final Path MEMINFO = Path.of("/proc/meminfo");
  private static final Path OVERCOMMIT = Path.of("/proc/sys/vm/overcommit_memory");
  private static final long KIB = 1024;

  /** Others are left this part of it, one in so many. */
  private static final long LEFT_TO_OTHERS = 4;

  private SystemMemory() {}

  /**
   * Whether there is so much of it that some can be taken on stock: more than a quarter of it could
   * be given to processes. False where that cannot be told, and where the kernel promises no more
   * than there is (vm.overcommit_memory is 2): somebody else may need the promise.
   */
  public static boolean isAmple() {
    if (isPromisedOnce()
        || !(ManagementFactory.getOperatingSystemMXBean()
            instanceof OperatingSystemMXBean system)) {
      return false;
    }
    return available(system) > system.getTotalMemorySize() / LEFT_TO_OTHERS;
  }

  /** Bytes that could be given to processes now; 0 where that cannot be told. */
  public static long available() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
        ? available(system)
        : 0;
  }

  private static long available(OperatingSystemMXBean system) {
    long available = meminfo("MemAvailable:");
    // Of a container, the machine's own figures say nothing.
    return system.getTotalMemorySize() < meminfo("MemTotal:")
        ? Math.min(available, system.getFreeMemorySize())
        : available;
  }

  private static boolean isPromisedOnce() {
    try {
      return Files.readString(OVERCOMMIT).strip().equals("2");
    } catch (IOException unreadable) {
      return false;
    }
  }

  /** A line of /proc/meminfo, see proc_meminfo(5), in bytes; 0 if it is not there. */
  private static long meminfo(String name) {
    try (Stream<String> lines = Files.lines(MEMINFO)) {
      return lines
          .filter(line -> line.startsWith(name))
          .map(line -> line.substring(name.length()).replace("kB", "").strip())
          .mapToLong(Long::parseLong)
          .map(kib -> kib * KIB)
          .findFirst()
          .orElse(0);
    } catch (IOException | RuntimeException unreadable) {
      return 0;
    }
  }
}
