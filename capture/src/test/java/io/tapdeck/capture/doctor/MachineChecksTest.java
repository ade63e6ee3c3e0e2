package io.tapdeck.capture.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.tapdeck.capture.libpcap.PcapVersion;
import io.tapdeck.capture.os.KernelClock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MachineChecksTest {
  private static final long ALL = 0x1ff_ffff_ffffL;
  private static final long NET_RAW = 1L << 13;
  private static final MachineFacts GOOD =
      new MachineFacts(
          "6.1.0-18-amd64",
          Optional.of(new PcapVersion("1.10.3", true)),
          "tsc",
          List.of("hpet", "acpi_pm"),
          Optional.of(new KernelClock(true, Duration.ofNanos(1_520_000))),
          new Capabilities(ALL),
          false);

  private static Finding find(MachineFacts facts, String check) {
    return new Findings(MachineChecks.judge(facts)).get(check);
  }

  private static MachineFacts with(
      String kernel, Optional<PcapVersion> libpcap, String clockSource, List<String> others) {
    return new MachineFacts(
        kernel, libpcap, clockSource, others, GOOD.clock(), GOOD.capabilities(), false);
  }

  @Test
  void aGoodMachineHasNothingButGoodFindings() {
    assertThat(MachineChecks.judge(GOOD).findings())
        .extracting(Finding::check, Finding::grade, Finding::found)
        .containsExactly(
            tuple("kernel", Grade.GOOD, "6.1.0-18-amd64"),
            tuple("libpcap", Grade.GOOD, "1.10.3, TPACKET_V3"),
            tuple("clock source", Grade.GOOD, "tsc"),
            tuple("clock", Grade.GOOD, "synchronised, off by at most 1.52 ms"),
            tuple(
                "privileges",
                Grade.GOOD,
                "CAP_NET_RAW, CAP_SYS_ADMIN (for --netns), CAP_NET_ADMIN (to set offloads)"));
  }

  @ParameterizedTest
  @CsvSource({
    "4.19.0-26-amd64, WARN",
    "3.10.0, WARN",
    "4.20.0, GOOD",
    "5.0, GOOD",
    "6.18.44-fc, GOOD",
    "99999.99999.1, GOOD",
    "999999.1, WARN",
    "'', WARN"
  })
  void theKernelMustBeAbleToLeaveOutSentFrames(String release, Grade grade) {
    assertThat(find(with(release, GOOD.libpcap(), "tsc", List.of()), "kernel").grade())
        .isEqualTo(grade);
  }

  @Test
  void withoutLibpcapNothingGoes() {
    Finding missing = find(with("6.1.0", Optional.empty(), "tsc", List.of()), "libpcap");
    assertThat(missing.grade()).isEqualTo(Grade.BAD);
    assertThat(missing.remedy()).hasValue("apt install libpcap0.8");
    Optional<PcapVersion> old = Optional.of(new PcapVersion("1.3.0", false));
    assertThat(find(with("6.1.0", old, "tsc", List.of()), "libpcap").grade()).isEqualTo(Grade.WARN);
  }

  @Test
  void aSlowClockSourceIsExchangedForAFastOneIfThereIsOne() {
    Finding slow =
        find(with("6.1.0", GOOD.libpcap(), "hpet", List.of("acpi_pm", "tsc")), "clock source");
    assertThat(slow.grade()).isEqualTo(Grade.WARN);
    assertThat(slow.remedy())
        .hasValue("echo tsc > /sys/devices/system/clocksource/clocksource0/current_clocksource");
    assertThat(
            find(with("6.1.0", GOOD.libpcap(), "hpet", List.of("acpi_pm")), "clock source")
                .remedy()
                .orElseThrow())
        .doesNotContain("echo");
    assertThat(find(with("6.1.0", GOOD.libpcap(), "", List.of()), "clock source").grade())
        .isEqualTo(Grade.WARN);
  }

  @Test
  void aClockThatIsNotSynchronisedIsWarnedOf() {
    for (Optional<KernelClock> clock :
        List.of(
            Optional.<KernelClock>empty(),
            Optional.of(new KernelClock(false, Duration.ofSeconds(16))))) {
      MachineFacts facts =
          new MachineFacts(
              "6.1", GOOD.libpcap(), "tsc", List.of(), clock, new Capabilities(ALL), false);
      assertThat(find(facts, "clock").grade()).isEqualTo(Grade.WARN);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "CapEff:\t0000000000000000, false, BAD",
    "CapEff:\t0000000000002000, false, GOOD",
    "CapEff:\t0000000000002000, true, BAD",
    "CapEff:\t0000000000202000, true, GOOD",
    "CapEff:\t000001fffeffffff, true, GOOD",
    "CapEff:\tffffffffffffffff, true, GOOD",
    "CapEff:\t0000000000200000, true, BAD"
  })
  void privilegesAreJudgedByWhatIsAskedFor(String status, boolean namespaces, Grade grade) {
    MachineFacts facts =
        new MachineFacts(
            "6.1",
            GOOD.libpcap(),
            "tsc",
            List.of(),
            GOOD.clock(),
            Capabilities.parse(status),
            namespaces);
    assertThat(find(facts, "privileges").grade()).isEqualTo(grade);
  }

  @Test
  void aRecorderThatIsNotRootIsToldWhatItCannot() {
    MachineFacts facts =
        new MachineFacts(
            "6.1",
            GOOD.libpcap(),
            "tsc",
            List.of(),
            GOOD.clock(),
            new Capabilities(NET_RAW),
            false);
    assertThat(find(facts, "privileges").found())
        .isEqualTo("CAP_NET_RAW, enters no other network namespace");
  }

  /** With the C library's own, as python sees it, and the status that the kernel shows. */
  @Test
  void thisMachineIsReadAsItIs() throws Exception {
    MachineFacts facts = MachineFacts.read(false);
    assertThat(facts.kernel()).isEqualTo(Shell.run("uname", "-r").strip());
    String[] clock =
        Shell.run(
                "python3",
                "-c",
                """
                import ctypes
                timex = (ctypes.c_long * 64)()
                state = ctypes.CDLL(None).adjtimex(timex)
                status = timex[5] & 0xffffffff
                print(state != 5 and not status & 0x40, timex[3])
                """)
            .strip()
            .split(" ", -1);
    KernelClock read = facts.clock().orElseThrow();
    assertThat(read.synchronised()).isEqualTo(clock[0].equals("True"));
    assertThat(read.largestError().toNanos() / 1000)
        .isCloseTo(Long.parseLong(clock[1]), org.assertj.core.data.Offset.offset(50_000L));
    assertThat(facts.clockSource()).isNotEmpty();
    assertThat(facts.otherClockSources()).doesNotContain(facts.clockSource(), "");
  }
}
