package io.tapdeck.capture.doctor;

import io.tapdeck.capture.libpcap.PcapVersion;
import io.tapdeck.capture.os.KernelClock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Judges a machine. */
final class MachineChecks {
  private static final Pattern RELEASE = Pattern.compile("(\\d{1,5})\\.(\\d{1,5}).*");

  /** PACKET_IGNORE_OUTGOING came with 4.20: without it received frames cannot be told to count. */
  private static final int OLDEST_MAJOR = 4;

  private static final int OLDEST_MINOR = 20;

  /** Reading one of these leaves the processor, which costs every frame a microsecond. */
  private static final Set<String> SLOW_CLOCK_SOURCES =
      Set.of("hpet", "acpi_pm", "jiffies", "refined-jiffies", "pit", "xen");

  private static final List<String> FAST_CLOCK_SOURCES =
      List.of("tsc", "kvm-clock", "hyperv_clocksource_tsc_page", "arch_sys_counter");

  private MachineChecks() {}

  static Section judge(MachineFacts facts) {
    return new Section(
        "machine",
        List.of(
            kernel(facts.kernel()),
            libpcap(facts.libpcap()),
            clockSource(facts.clockSource(), facts.otherClockSources()),
            clock(facts.clock()),
            privileges(facts.capabilities(), facts.namespaces())));
  }

  private static Finding kernel(String release) {
    Matcher numbers = RELEASE.matcher(release);
    if (!numbers.matches()) {
      return Finding.warn(
          "kernel",
          release.isEmpty() ? "its release cannot be read" : "its release is " + release,
          "mount -t proc proc /proc");
    }
    int major = Integer.parseInt(numbers.group(1));
    int minor = Integer.parseInt(numbers.group(2));
    boolean recent = major > OLDEST_MAJOR || (major == OLDEST_MAJOR && minor >= OLDEST_MINOR);
    Finding finding =
        recent
            ? Finding.good("kernel", release)
            : Finding.warn(
                "kernel",
                release + ": it cannot leave out sent frames, as on a tap NIC they must be",
                "install Linux 4.20 or later");
    return finding.with("release", release);
  }

  private static Finding libpcap(Optional<PcapVersion> installed) {
    if (installed.isEmpty()) {
      return Finding.bad("libpcap", "not installed", "apt install libpcap0.8");
    }
    PcapVersion libpcap = installed.get();
    Finding finding =
        libpcap.tpacketV3()
            ? Finding.good("libpcap", libpcap.number() + ", TPACKET_V3")
            : Finding.warn(
                "libpcap",
                libpcap.number()
                    + " without TPACKET_V3: every frame takes the ring's room of the longest",
                "apt install libpcap0.8");
    return finding.with("version", libpcap.number()).with("tpacketV3", libpcap.tpacketV3());
  }

  private static Finding clockSource(String current, List<String> others) {
    Finding finding;
    if (current.isEmpty()) {
      finding =
          Finding.warn("clock source", "the kernel does not say", "mount -t sysfs sysfs /sys");
    } else if (SLOW_CLOCK_SOURCES.contains(current)) {
      Optional<String> fast = FAST_CLOCK_SOURCES.stream().filter(others::contains).findFirst();
      finding =
          Finding.warn(
              "clock source",
              current + ": slow to read, for every frame",
              fast.map(source ->
                      "echo %s > /sys/devices/system/clocksource/clocksource0/current_clocksource"
                          .formatted(source))
                  .orElse("no faster one is available: dmesg | grep -i clocksource tells why"));
    } else {
      finding = Finding.good("clock source", current);
    }
    return finding.with("source", current);
  }

  private static Finding clock(Optional<KernelClock> asked) {
    String remedy = "apt install chrony";
    if (asked.isEmpty()) {
      return Finding.warn("clock", "whether it is synchronised cannot be asked", remedy);
    }
    KernelClock clock = asked.get();
    double millis = clock.largestError().toNanos() / 1e6;
    Finding finding =
        clock.synchronised()
            ? Finding.good(
                "clock",
                "synchronised, off by at most %s"
                    .formatted(Quantities.duration(clock.largestError())))
            : Finding.warn(
                "clock",
                "not synchronised: time stamps can differ from those of other machines",
                remedy);
    return finding
        .with("synchronised", clock.synchronised())
        .with("largestErrorMicros", Math.round(millis * 1000));
  }

  private static Finding privileges(Capabilities may, boolean namespaces) {
    Finding finding;
    if (!may.netRaw()) {
      finding =
          Finding.bad(
              "privileges", "without CAP_NET_RAW nothing can be captured", asRoot("net_raw"));
    } else if (!may.sysAdmin() && namespaces) {
      finding =
          Finding.bad(
              "privileges",
              "without CAP_SYS_ADMIN no network namespace can be entered",
              asRoot("net_raw", "sys_admin"));
    } else {
      finding =
          Finding.good(
              "privileges",
              "CAP_NET_RAW"
                  + (may.sysAdmin()
                      ? ", CAP_SYS_ADMIN (for --netns)"
                      : ", enters no other network namespace")
                  + (may.netAdmin() ? ", CAP_NET_ADMIN (to set offloads)" : ""));
    }
    return finding
        .with("netRaw", may.netRaw())
        .with("sysAdmin", may.sysAdmin())
        .with("netAdmin", may.netAdmin());
  }

  /** What gives a user's process the privileges, said by root. */
  private static String asRoot(String... capabilities) {
    String set = "+" + String.join(",+", capabilities);
    return "run it as root, or from root: setpriv --reuid USER --init-groups --inh-caps %s --ambient-caps %s tapdeck ..."
        .formatted(set, set);
  }
}
