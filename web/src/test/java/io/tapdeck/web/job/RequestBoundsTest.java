package io.tapdeck.web.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What may be asked for at all. */
class RequestBoundsTest {
  private static RecordingRequest recording(
      String name,
      @Nullable String guest,
      @Nullable String nic,
      @Nullable String netns,
      String bpf) {
    return new RecordingRequest(
        name, guest, nic, netns, bpf, "auto", 262144, 1 << 30, null, null, null, null, null, null,
        null, null);
  }

  private static RecordingRequest limited(@Nullable Duration time, @Nullable Long number) {
    return new RecordingRequest(
        "name", null, "eth0", null, "", "auto", 262144, 1 << 30, time, number, number, time, null,
        time, number, number);
  }

  private static void refused(Runnable asked) {
    assertThatThrownBy(asked::run).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aNameHasOneToAHundredCharactersAndNoControlCharacters() {
    assertThatCode(() -> recording("n".repeat(100), null, "eth0", null, ""))
        .doesNotThrowAnyException();
    for (String name : List.of("", " ", "n".repeat(101), "a\nb", "a\0b", "\u007f")) {
      refused(() -> recording(name, null, "eth0", null, ""));
    }
  }

  @Test
  void itIsEitherAnInterfaceOrAGuest() {
    assertThatCode(() -> recording("n", "guest-1", null, null, "")).doesNotThrowAnyException();
    refused(() -> recording("n", null, null, null, "").ofSomething());
    refused(() -> recording("n", "guest-1", "eth0", null, ""));
    refused(() -> recording("n", "guest-1", null, "netns", ""));
  }

  @Test
  void namesOfInterfacesAndNamespacesAreNoPaths() {
    for (String name : List.of("", ".", "..", "a/b", "a b", "a\nb", "x".repeat(128))) {
      refused(() -> recording("n", null, name, null, ""));
    }
    for (String netns : List.of("", "..", "../x", "/run", "a\0")) {
      refused(() -> recording("n", null, "eth0", netns, ""));
    }
  }

  @Test
  void aFilterHasLinesButNoOtherControlCharactersAndFourKibibytes() {
    assertThatCode(() -> recording("n", null, "eth0", null, "tcp\r\n\tor udp"))
        .doesNotThrowAnyException();
    assertThatCode(() -> recording("n", null, "eth0", null, "x".repeat(4096)))
        .doesNotThrowAnyException();
    for (String filter : List.of("\0", "tcp\u001b", "x".repeat(4097), "ä".repeat(2049))) {
      refused(() -> recording("n", null, "eth0", null, filter));
    }
  }

  @Test
  void limitsArePositiveAndOfThisWorld() {
    assertThatCode(() -> limited(Duration.ofMillis(1), 1L)).doesNotThrowAnyException();
    for (Duration time :
        List.of(
            Duration.ZERO,
            Duration.ofSeconds(-1),
            Duration.ofNanos(1),
            Duration.ofSeconds(Long.MAX_VALUE))) {
      refused(() -> limited(time, null));
    }
    refused(() -> limited(null, 0L));
    refused(() -> limited(null, -1L));
  }

  @Test
  void aPaceIsOneAndWithinBounds() {
    assertThat(new ReplayPace(new BigDecimal("2.50"), null, null, null).option())
        .isEqualTo("--speed=2.50");
    assertThat(new ReplayPace(null, 9L, null, null).option()).isEqualTo("--pps=9");
    assertThat(new ReplayPace(null, null, new BigDecimal("1E+3"), null).option())
        .isEqualTo("--mbps=1000");
    assertThat(new ReplayPace(null, null, null, true).option()).isEqualTo("--topspeed");
    refused(() -> new ReplayPace(null, null, null, null));
    refused(() -> new ReplayPace(null, null, null, false));
    refused(() -> new ReplayPace(BigDecimal.ONE, 1L, null, null));
    refused(() -> new ReplayPace(new BigDecimal("1E+999999999"), null, null, null));
    refused(() -> new ReplayPace(null, 0L, null, null));
  }

  @Test
  void aReplayHasSegmentsEachOnceInTheirOrder() {
    assertThat(replay(List.of(3, 1, 3), 1).segments()).containsExactly(1, 3);
    refused(() -> replay(List.of(), 1));
    refused(() -> replay(List.of(0), 1));
    refused(() -> replay(Collections.nCopies(4097, 1), 1));
    refused(() -> replay(null, -1));
    refused(() -> replay(null, 1_000_000_001));
  }

  @Test
  void aReplaysFurtherWishesBecomeOptionsOfTheCommandLine() {
    ReplayRequest request =
        new ReplayRequest(
            new UUID(0, 0),
            null,
            "eth0",
            "ns",
            ReplayPace.UNCHANGED,
            0,
            Duration.ofMillis(1_500),
            Duration.ofNanos(1),
            true,
            new ReplaySelection("tcp", "+90s", null, 3L, 9L, Duration.ofMinutes(2)),
            new ReplayRewriting(
                "02:00:00:00:00:01",
                null,
                null,
                List.of("10.0.0.0/8=192.0.2.0/24", "2001:db8::/32=2001:db8:1::/48"),
                null,
                null,
                List.of("80=8080"),
                "add,id=7",
                "-1",
                "EF",
                "clients",
                true),
            new ReplayDelivery(
                "eth1", "servers=10.1.0.0/16", "truncate", "packet", true, List.of("x@y"), true));
    assertThat(request.options())
        .containsExactly(
            "--interface=eth0",
            "--netns=ns",
            "--speed=1",
            "--loop=0",
            "--max-gap=1.500000000s",
            "--loop-delay=0.000000001s",
            "--step",
            "--filter=tcp",
            "--from=+90s",
            "--skip=3",
            "--limit=9",
            "--duration=120.000000000s",
            "--source-mac=02:00:00:00:00:01",
            "--map-ip=10.0.0.0/8=192.0.2.0/24",
            "--map-ip=2001:db8::/32=2001:db8:1::/48",
            "--map-port=80=8080",
            "--vlan=add,id=7",
            "--ttl=-1",
            "--dscp=EF",
            "--unique=clients",
            "--fix-checksums",
            "--server-interface=eth1",
            "--sides=servers=10.1.0.0/16",
            "--oversize=truncate",
            "--backend=packet",
            "--verify=x@y",
            "--force");
    assertThat(request.total(100)).isZero();
  }

  @Test
  void whatMakesNoSenseInAReplaysFurtherWishesIsRefused() {
    refused(() -> new ReplaySelection(null, "yesterday", null, null, null, null));
    refused(() -> new ReplaySelection(null, null, null, -1L, null, null));
    refused(() -> new ReplaySelection("a\u0000b", null, null, null, null, null));
    refused(() -> new ReplaySelection(null, null, null, null, null, Duration.ofSeconds(-1)));
    refused(() -> rewriting("not-a-mac", null));
    refused(() -> rewriting(null, List.of("10.0.0.0/8")));
    refused(() -> rewriting(null, Collections.nCopies(257, "10.0.0.0/8=11.0.0.0/8")));
    refused(() -> delivery("fast", null, null, null));
    refused(() -> delivery(null, "shred", null, null));
    refused(() -> delivery(null, null, null, List.of("eth0")));
    refused(() -> delivery(null, null, true, List.of("a", "b", "c")));
    refused(() -> delivery(null, null, true, List.of("a,b")));
  }

  private static ReplayRewriting rewriting(@Nullable String mac, @Nullable List<String> ips) {
    return new ReplayRewriting(
        mac, null, null, ips, null, null, null, null, null, null, null, null);
  }

  private static ReplayDelivery delivery(
      @Nullable String backend,
      @Nullable String oversize,
      @Nullable Boolean verify,
      @Nullable List<String> receivers) {
    return new ReplayDelivery(null, null, oversize, backend, verify, receivers, null);
  }

  private static ReplayRequest replay(@Nullable List<Integer> segments, long loops) {
    return new ReplayRequest(new UUID(0, 0), segments, "eth0", null, ReplayPace.UNCHANGED, loops);
  }
}
