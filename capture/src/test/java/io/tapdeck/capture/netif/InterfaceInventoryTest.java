package io.tapdeck.capture.netif;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("lab")
class InterfaceInventoryTest {
  private static final UUID SERVICE = new UUID(3, 4);
  private final String near = "tdi-a" + ProcessHandle.current().pid();
  private final String far = "tdi-b" + ProcessHandle.current().pid();

  @BeforeEach
  void make() throws Exception {
    run("ip", "netns", "add", near);
    run("ip", "netns", "add", far);
    run(
        "ip", "-n", near, "link", "add", "one", "mtu", "1400", "type", "veth", "peer", "name",
        "other", "netns", far);
    run("ip", "-n", near, "address", "add", "198.18.7.1/24", "dev", "one");
    run("ip", "-n", near, "link", "set", "one", "address", "02:00:00:00:00:0a", "up");
    run("ip", "-n", far, "link", "set", "other", "alias", "tapdeck tap-service " + SERVICE);
    run("ip", "-n", far, "link", "add", "bridge9", "type", "bridge");
    run("ip", "-n", far, "link", "add", "link", "other", "name", "v7", "type", "macvlan");
    run("ip", "-n", far, "tuntap", "add", "dev", "tun9", "mode", "tap");
  }

  @AfterEach
  void remove() throws Exception {
    run("ip", "netns", "del", near);
    run("ip", "netns", "del", far);
  }

  @Test
  void everyInterfaceOfEveryNamespaceIsThereAndIsWhatItIs() throws Exception {
    InterfaceInventory inventory = InterfaceInventory.take();
    assertThat(inventory.problems()).isEmpty();
    List<InterfaceDetails> ours =
        inventory.interfaces().stream()
            .filter(nic ->
                nic.netns().filter(name -> name.equals(near) || name.equals(far)).isPresent())
            .toList();
    assertThat(ours)
        .extracting(nic -> nic.netns().orElseThrow() + " " + nic.name() + " " + nic.kind().word())
        .containsExactly(
            near + " lo loopback",
            near + " one veth",
            far + " bridge9 bridge",
            far + " lo loopback",
            far + " other tap",
            far + " tun9 tun",
            far + " v7 other");
    InterfaceDetails one = ours.get(1);
    assertThat(one.mac()).isEqualTo("02:00:00:00:00:0a");
    assertThat(one.mtu()).isEqualTo(1400);
    assertThat(one.addresses()).contains("198.18.7.1");
    assertThat(one.up()).isTrue();
    assertThat(one.carrier()).isFalse();
    assertThat(one.tapService()).isEmpty();
    assertThat(ours.get(4).tapService()).isEqualTo(Optional.of(SERVICE));
    assertThat(ours.get(4).up()).isFalse();
    assertThat(inventory.interfaces()).anyMatch(nic -> nic.netns().isEmpty());
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(String.join(" ", command) + ": " + output).isZero();
  }
}
