package io.tapdeck.capture.netif;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapdeck.capture.os.Errno;
import io.tapdeck.capture.os.InterfaceFeatures.Feature;
import io.tapdeck.capture.os.NetworkNamespace;
import io.tapdeck.capture.os.OsException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** On a real veth, with {@code ethtool} as the judge. */
@Tag("lab")
class OffloadsTest {
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final String NIC = "off-a";
  private static final String PEER = "off-b";

  private final String netns =
      "tdo" + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet();

  @BeforeEach
  void makeVeth() throws Exception {
    run("ip", "netns", "add", netns);
    run("ip", "-n", netns, "link", "add", NIC, "type", "veth", "peer", "name", PEER);
  }

  @AfterEach
  void removeVeth() throws Exception {
    run("ip", "netns", "del", netns);
  }

  @Test
  void everyFeatureIsReadAsEthtoolReadsIt() throws Exception {
    assertThat(states(read())).containsExactlyInAnyOrderEntriesOf(listed());
    ethtool("gro", "on", "tso", "off", "rxvlan", "off");
    assertThat(states(read())).containsExactlyInAnyOrderEntriesOf(listed());
  }

  @Test
  void whatPeopleKnowByNameIsAsTheySetIt() throws Exception {
    ethtool("gro", "on", "tso", "off", "gso", "on", "rxvlan", "off");
    Offloads offloads = read();
    assertThat(offloads.gro()).isTrue();
    assertThat(offloads.lro()).isFalse();
    assertThat(offloads.tso()).isFalse();
    assertThat(offloads.gso()).isTrue();
    assertThat(offloads.vlanReceive()).isFalse();
    ethtool("gro", "off", "tso", "on", "gso", "off", "rxvlan", "on");
    offloads = read();
    assertThat(offloads.gro()).isFalse();
    assertThat(offloads.tso()).isTrue();
    assertThat(offloads.gso()).isFalse();
    assertThat(offloads.vlanReceive()).isTrue();
  }

  @Test
  void onlyWhatIsRecordedCanBeDistorted() throws Exception {
    ethtool("gro", "on");
    String received = "received frames can be merged by GRO: sizes up to 64 KiB";
    String sent = "sent frames can be recorded before TSO cuts them: sizes up to 64 KiB";
    assertThat(read().distortions(true, true)).containsExactly(received, sent);
    assertThat(read().distortions(true, false)).containsExactly(received);
    assertThat(read().distortions(false, true)).containsExactly(sent);
    ethtool("gro", "off");
    assertThat(read().distortions(true, false)).isEmpty();
  }

  @Test
  void whatDistortsIsTurnedOffAndExactlyThatPutBack() throws Exception {
    // One of the four that ethtool calls tso is off before, and must be off after.
    ethtool("gro", "on", "tx-tcp6-segmentation", "off", "sg", "on");
    Map<String, String> before = listed();
    try (SuspendedOffloads suspended = inside(() -> SuspendedOffloads.of(NIC, true, true))) {
      assertThat(read().distortions(true, true)).isEmpty();
      assertThat(suspended.stillOn()).isEmpty();
      assertThat(suspended.suspended())
          .contains("rx-gro", "tx-tcp-segmentation", "tx-udp-segmentation")
          .doesNotContain("tx-tcp6-segmentation", "tx-generic-segmentation");
      Map<String, String> expected = new TreeMap<>(before);
      suspended.suspended().forEach(name -> expected.put(name, "off"));
      assertThat(listed()).containsExactlyInAnyOrderEntriesOf(expected);
    }
    assertThat(listed()).containsExactlyInAnyOrderEntriesOf(before);
  }

  @Test
  void whereOnlyReceivedFramesAreRecordedSendingIsLeftAlone() throws Exception {
    ethtool("gro", "on");
    try (SuspendedOffloads suspended = inside(() -> SuspendedOffloads.of(NIC, true, false))) {
      assertThat(suspended.suspended()).containsExactly("rx-gro");
      assertThat(read().tso()).isTrue();
    }
    assertThat(read().gro()).isTrue();
  }

  @Test
  void whatWasOffStaysOff() throws Exception {
    ethtool("gro", "off", "tso", "off");
    Map<String, String> before = listed();
    inside(() -> SuspendedOffloads.of(NIC, true, false)).close();
    assertThat(listed()).containsExactlyInAnyOrderEntriesOf(before);
  }

  @Test
  void anInterfaceThatWasRenamedGetsItsOwnBack() throws Exception {
    ethtool("gro", "on");
    SuspendedOffloads suspended = inside(() -> SuspendedOffloads.of(NIC, true, false));
    run("ip", "-n", netns, "link", "set", NIC, "name", "off-c");
    run("ip", "-n", netns, "link", "set", PEER, "name", NIC);
    suspended.close();
    assertThat(read().gro()).as("the other, which has the name now").isFalse();
    assertThat(inside(() -> Offloads.of("off-c")).gro()).isTrue();
  }

  @Test
  void nothingIsPutBackToAnInterfaceThatIsGone() throws Exception {
    ethtool("gro", "on");
    SuspendedOffloads suspended = inside(() -> SuspendedOffloads.of(NIC, true, true));
    run("ip", "-n", netns, "link", "del", NIC);
    run("ip", "-n", netns, "link", "add", NIC, "type", "veth", "peer", "name", PEER);
    Map<String, String> before = listed();
    suspended.close();
    suspended.close();
    assertThat(listed()).containsExactlyInAnyOrderEntriesOf(before);
  }

  @Test
  void anInterfaceThatIsNotThereIsSaidSo() {
    for (String name : new String[] {"off-none", "", "a-name-that-is-too-long"}) {
      assertThatThrownBy(() -> inside(() -> Offloads.of(name)))
          .isInstanceOfSatisfying(
              OsException.class, failed -> assertThat(failed.errno()).isEqualTo(Errno.ENODEV));
    }
  }

  private interface Inside<T> {
    T call() throws Exception;
  }

  private <T> T inside(Inside<T> task) throws Exception {
    return new NetworkNamespace(netns).call(task::call);
  }

  private Offloads read() throws Exception {
    return inside(() -> Offloads.of(NIC));
  }

  /** In ethtool's way of writing: on, off, and whether that can be changed. */
  private static Map<String, String> states(Offloads offloads) {
    Map<String, String> states = new TreeMap<>();
    offloads.features().forEach((name, feature) -> states.put(name, state(feature)));
    return states;
  }

  private static String state(Feature feature) {
    String state = feature.active() ? "on" : "off";
    if (!feature.available()) {
      return state + " [fixed]";
    }
    return feature.requested() == feature.active()
        ? state
        : state + (feature.requested() ? " [requested on]" : " [requested off]");
  }

  /** What {@code ethtool -k} lists under the kernel's names, or under its own for the old ones. */
  private Map<String, String> listed() throws Exception {
    Map<String, String> kernelNames =
        Map.of(
            "rx-checksumming", "rx-checksum",
            "large-receive-offload", "rx-lro",
            "generic-receive-offload", "rx-gro",
            "generic-segmentation-offload", "tx-generic-segmentation",
            "rx-vlan-offload", "rx-vlan-hw-parse",
            "tx-vlan-offload", "tx-vlan-hw-insert",
            "ntuple-filters", "rx-ntuple-filter",
            "receive-hashing", "rx-hashing");
    // Sums of the features below them, which are indented.
    List<String> sums = List.of("tx-checksumming", "scatter-gather", "tcp-segmentation-offload");
    Map<String, String> listed = new TreeMap<>();
    for (String line : run("ip", "netns", "exec", netns, "ethtool", "-k", NIC).lines().toList()) {
      int colon = line.indexOf(": ");
      if (colon > 0) {
        String name = line.substring(0, colon).strip();
        if (!sums.contains(name)) {
          listed.put(kernelNames.getOrDefault(name, name), line.substring(colon + 2).strip());
        }
      }
    }
    assertThat(listed).hasSizeGreaterThan(30);
    return listed;
  }

  private void ethtool(String... settings) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("ip", "netns", "exec", netns, "ethtool", "-K", NIC));
    command.addAll(List.of(settings));
    run(command.toArray(String[]::new));
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(String.join(" ", command) + ": " + output).isZero();
    return output;
  }
}
