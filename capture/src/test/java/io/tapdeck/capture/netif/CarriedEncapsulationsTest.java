package io.tapdeck.capture.netif;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.capture.libpcap.Encapsulation;
import io.tapdeck.capture.os.NetworkNamespace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CarriedEncapsulationsTest {
  /** Looks as sysfs does. */
  @TempDir private Path sysfs;

  private Path device(String name, String uevent) throws IOException {
    Path device = Files.createDirectories(sysfs.resolve(name));
    var _ = Files.writeString(device.resolve("uevent"), "INTERFACE=" + name + "\n" + uevent + "\n");
    var _ = Files.writeString(device.resolve("flags"), "0x1003\n");
    var _ = Files.writeString(device.resolve("type"), "1\n");
    return device;
  }

  private void stack(String lower, String upper) throws IOException {
    Files.createSymbolicLink(sysfs.resolve(lower).resolve("upper_" + upper), sysfs.resolve(upper));
  }

  @Test
  void oneTagIsInTheFrameWhereTheDeviceDoesNotInsertIt() throws Exception {
    device("nic", "");
    device("nic.5", "DEVTYPE=vlan");
    stack("nic", "nic.5");
    assertThat(CarriedEncapsulations.of(sysfs, "nic", true)).containsExactly(Encapsulation.VLAN);
    assertThat(CarriedEncapsulations.of(sysfs, "nic", false)).isEmpty();
    assertThat(CarriedEncapsulations.of(sysfs, "nic.5", true)).isEmpty();
  }

  @Test
  void theSecondTagAlwaysIs() throws Exception {
    device("nic", "");
    device("outer", "DEVTYPE=vlan");
    device("inner", "DEVTYPE=vlan");
    stack("nic", "outer");
    stack("outer", "inner");
    assertThat(CarriedEncapsulations.of(sysfs, "nic", false)).containsExactly(Encapsulation.VLAN);
    assertThat(CarriedEncapsulations.of(sysfs, "outer", false)).isEmpty();
  }

  @Test
  void aBridgeOnTopIsNoVlan() throws Exception {
    device("nic", "");
    device("br", "DEVTYPE=bridge");
    stack("nic", "br");
    assertThat(CarriedEncapsulations.of(sysfs, "nic", true)).isEmpty();
  }

  @Test
  void aTunnelThatIsDownIsNone() throws Exception {
    device("nic", "");
    Path gre = device("gre0", "");
    var _ = Files.writeString(gre.resolve("type"), "778\n");
    assertThat(CarriedEncapsulations.of(sysfs, "nic", true)).containsExactly(Encapsulation.TUNNEL);
    var _ = Files.writeString(gre.resolve("flags"), "0x80\n");
    assertThat(CarriedEncapsulations.of(sysfs, "nic", true)).isEmpty();
  }

  @Test
  void aNameThatIsNoneLeadsNowhere() {
    assertThat(CarriedEncapsulations.of("../../etc", true)).isEmpty();
    assertThat(CarriedEncapsulations.of("", true)).isEmpty();
  }

  @Test
  @Tag("lab")
  void aRealTunnelIsSeen() throws Exception {
    String netns = "tdce" + ProcessHandle.current().pid();
    run("ip", "netns", "add", netns);
    try {
      run("ip", "-n", netns, "link", "add", "nic", "type", "veth", "peer", "name", "far");
      run("ip", "-n", netns, "link", "add", "vx", "type", "vxlan", "id", "5", "dstport", "4789");
      assertThat(in(netns)).isEmpty();
      run("ip", "-n", netns, "link", "set", "vx", "up");
      assertThat(in(netns)).containsExactly(Encapsulation.TUNNEL);
    } finally {
      run("ip", "netns", "del", netns);
    }
  }

  private static Set<Encapsulation> in(String netns) throws Exception {
    return new NetworkNamespace(netns).call(() -> CarriedEncapsulations.of("nic", true));
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(String.join(" ", command) + ": " + output).isZero();
  }
}
