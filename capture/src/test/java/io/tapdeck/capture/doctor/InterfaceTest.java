package io.tapdeck.capture.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.tapdeck.capture.os.NetworkNamespace;
import io.tapdeck.capture.unit.DataSize;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** On real veths; every remedy is tried. */
@Tag("lab")
class InterfaceTest {
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final DataSize BUFFER = DataSize.ofMebibytes(4);

  private final String netns =
      "tdd" + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet();

  @BeforeEach
  void makeVeth() throws Exception {
    Shell.run("ip", "netns", "add", netns);
    Shell.run("ip", "-n", netns, "link", "add", "doc-a", "type", "veth", "peer", "name", "doc-b");
  }

  @AfterEach
  void removeVeth() throws Exception {
    Shell.run("ip", "netns", "del", netns);
  }

  private Findings examine(String name) throws Exception {
    DoctorRequest request =
        new DoctorRequest(
            Optional.of(name),
            Optional.of(new NetworkNamespace(netns)),
            Optional.empty(),
            BUFFER,
            BUFFER,
            false);
    Diagnosis diagnosis = Doctor.examine(request, doing -> {});
    assertThat(diagnosis.sections())
        .extracting(Section::subject)
        .containsExactly("machine", "interface %s in network namespace %s".formatted(name, netns));
    return new Findings(diagnosis.sections().getLast());
  }

  private static void remedy(Finding finding) throws Exception {
    Shell.run("sh", "-c", finding.remedy().orElseThrow());
  }

  private void up(String... names) throws Exception {
    for (String name : names) {
      Shell.run("ip", "-n", netns, "link", "set", name, "up");
    }
  }

  @Test
  void aMissingInterfaceIsBadAndNothingElseIsSaidOfIt() throws Exception {
    for (String name : List.of("none", "..", "a name/with 'all", "")) {
      Findings found = examine(name);
      assertThat(found.section().findings()).hasSize(1);
      assertThat(found.get("link").grade()).isEqualTo(Grade.BAD);
      remedy(found.get("link"));
    }
  }

  @Test
  void oneThatIsDownIsBadAndItsRemedySetsItUp() throws Exception {
    up("doc-b");
    Findings down = examine("doc-a");
    assertThat(down.get("link").grade()).isEqualTo(Grade.BAD);
    assertThat(down.get("link").found()).isEqualTo("down");
    assertThat(down.get("ring").grade()).isEqualTo(Grade.BAD);
    remedy(down.get("link"));
    Findings up = examine("doc-a");
    assertThat(up.get("link").found()).isEqualTo("up, with a carrier");
    assertThat(up.get("ring").grade()).isEqualTo(Grade.GOOD);
    assertThat(up.get("ring").figures())
        .containsEntry("grantedBytes", BUFFER.bytes())
        .containsEntry("askedBytes", BUFFER.bytes());
  }

  @Test
  void withoutACarrierItIsWarned() throws Exception {
    up("doc-a");
    Finding link = examine("doc-a").get("link");
    assertThat(link.grade()).isEqualTo(Grade.WARN);
    assertThat(link.figures()).containsEntry("up", true).containsEntry("carrier", false);
  }

  @Test
  void whatItIsIsSaid() throws Exception {
    Shell.run("ip", "-n", netns, "link", "set", "doc-a", "mtu", "1400");
    Finding device = examine("doc-a").get("device");
    assertThat(device.found()).isEqualTo("veth, MTU 1400");
    assertThat(device.figures())
        .containsEntry("kind", "veth")
        .containsEntry("driver", "veth")
        .containsEntry("mtu", 1400L);
  }

  @Test
  void offloadsThatDistortAreWarnedOfAndTheirRemediesTurnThemOff() throws Exception {
    Shell.run("ip", "netns", "exec", netns, "ethtool", "-K", "doc-a", "gro", "on");
    up("doc-a", "doc-b");
    Findings before = examine("doc-a");
    assertThat(before.get("receive offloads").found()).startsWith("GRO on, LRO off, VLAN tags by");
    assertThat(before.get("send offloads").found()).startsWith("TSO on, GSO on");
    for (String check : List.of("receive offloads", "send offloads")) {
      assertThat(before.get(check).grade()).isEqualTo(Grade.WARN);
      remedy(before.get(check));
    }
    Findings after = examine("doc-a");
    for (String check : List.of("receive offloads", "send offloads")) {
      assertThat(after.get(check).grade()).isEqualTo(Grade.GOOD);
    }
    assertThat(after.get("receive offloads").figures()).containsEntry("gro", false);
    assertThat(after.get("send offloads").figures())
        .containsEntry("tso", false)
        .containsEntry("gso", true);
  }

  @Test
  void onATapNicWhatIsSentDoesNotMatter() throws Exception {
    Shell.run(
        "ip",
        "-n",
        netns,
        "link",
        "set",
        "doc-a",
        "alias",
        "tapdeck tap-service " + java.util.UUID.randomUUID());
    Findings found = examine("doc-a");
    assertThat(found.get("device").found()).startsWith("tap NIC");
    assertThat(found.get("send offloads").grade()).isEqualTo(Grade.GOOD);
  }

  @Test
  void withoutANameAllThatAreUpAreLookedAtBriefly() throws Exception {
    up("doc-a", "lo");
    DoctorRequest request =
        new DoctorRequest(
            Optional.empty(),
            Optional.of(new NetworkNamespace(netns)),
            Optional.empty(),
            BUFFER,
            BUFFER,
            false);
    Section interfaces = Doctor.examine(request, doing -> {}).sections().getLast();
    assertThat(interfaces.findings()).extracting(Finding::check).containsExactly("doc-a");
    assertThat(interfaces.findings().getFirst().found()).contains("no carrier");
    Shell.run("ip", "-n", netns, "link", "set", "doc-a", "down");
    assertThat(Doctor.examine(request, doing -> {}).sections().getLast().findings())
        .extracting(Finding::check, Finding::grade)
        .containsExactly(tuple("interfaces", Grade.WARN));
  }

  @Test
  void aNamespaceThatIsNotThereIsBad() throws Exception {
    DoctorRequest request =
        new DoctorRequest(
            Optional.empty(),
            Optional.of(new NetworkNamespace(netns + "-none")),
            Optional.empty(),
            BUFFER,
            BUFFER,
            false);
    Finding namespace =
        Doctor.examine(request, doing -> {}).sections().getLast().findings().getFirst();
    assertThat(namespace.grade()).isEqualTo(Grade.BAD);
    assertThat(namespace.found()).contains("No such file or directory");
  }
}
