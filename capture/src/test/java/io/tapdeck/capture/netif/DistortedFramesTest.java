package io.tapdeck.capture.netif;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.capture.libpcap.LiveHandle;
import io.tapdeck.capture.os.NetworkNamespace;
import io.tapdeck.capture.os.PacketSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the offloads do to a capture, with TCP over a real veth between two namespaces. */
@Tag("lab")
@Timeout(60)
class DistortedFramesTest {
  private static final int LONGEST_ON_THE_WIRE = 1514;

  /** Sends 4 MB, and then the datagram that says so. */
  private static final String SEND =
      """
      import socket
      stream = socket.create_connection(('10.66.0.2', 5001))
      stream.sendall(b'x' * 4000000)
      stream.shutdown(socket.SHUT_WR)
      stream.recv(1)
      socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'end', ('10.66.0.2', 5001))
      """;

  private static final String RECEIVE =
      """
      import socket
      server = socket.create_server(('10.66.0.2', 5001))
      print('ready', flush=True)
      while True:
          stream, _ = server.accept()
          while stream.recv(1 << 20): pass
          stream.close()
      """;

  private final String sender = "tds" + ProcessHandle.current().pid();
  private final String receiver = "tdr" + ProcessHandle.current().pid();
  private Process server;

  @BeforeEach
  void makeLink() throws Exception {
    run("ip", "netns", "add", sender);
    run("ip", "netns", "add", receiver);
    run(
        "ip", "-n", sender, "link", "add", "dist-s", "type", "veth", "peer", "name", "dist-r",
        "netns", receiver);
    run("ip", "-n", sender, "addr", "add", "10.66.0.1/24", "dev", "dist-s");
    run("ip", "-n", receiver, "addr", "add", "10.66.0.2/24", "dev", "dist-r");
    run("ip", "-n", sender, "link", "set", "dist-s", "up");
    run("ip", "-n", receiver, "link", "set", "dist-r", "up");
    server =
        new ProcessBuilder("ip", "netns", "exec", receiver, "python3", "-c", RECEIVE)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertThat(server.inputReader().readLine()).isEqualTo("ready");
  }

  @AfterEach
  void removeLink() throws Exception {
    server.destroyForcibly().waitFor();
    run("ip", "netns", "del", sender);
    run("ip", "netns", "del", receiver);
  }

  @Test
  void sentFramesAreAsOnTheWireOnceSegmentationIsNotDelayed() throws Exception {
    assertThat(longestFrame(sender, "dist-s")).isGreaterThan(LONGEST_ON_THE_WIRE);
    try (SuspendedOffloads suspended = suspend(sender, "dist-s", false, true)) {
      assertThat(longestFrame(sender, "dist-s")).isEqualTo(LONGEST_ON_THE_WIRE);
      assertThat(suspended.stillOn()).isEmpty();
    }
    assertThat(longestFrame(sender, "dist-s")).isGreaterThan(LONGEST_ON_THE_WIRE);
  }

  @Test
  void receivedFramesAreAsOnTheWireOnceTheyAreNotMerged() throws Exception {
    run("ip", "netns", "exec", receiver, "ethtool", "-K", "dist-r", "gro", "on");
    try (SuspendedOffloads wire = suspend(sender, "dist-s", false, true)) {
      assertThat(longestFrame(receiver, "dist-r")).isGreaterThan(LONGEST_ON_THE_WIRE);
      try (SuspendedOffloads suspended = suspend(receiver, "dist-r", true, false)) {
        assertThat(longestFrame(receiver, "dist-r")).isEqualTo(LONGEST_ON_THE_WIRE);
        assertThat(suspended.suspended()).containsExactly("rx-gro");
      }
      assertThat(wire.stillOn()).isEmpty();
    }
  }

  private static SuspendedOffloads suspend(
      String netns, String name, boolean received, boolean sent) throws Exception {
    return new NetworkNamespace(netns).call(() -> SuspendedOffloads.of(name, received, sent));
  }

  /** The length of the longest frame with what is sent, seen in one namespace. */
  private int longestFrame(String netns, String name) throws Exception {
    return new NetworkNamespace(netns).call(() -> longestFrame(name));
  }

  private int longestFrame(String name) throws Exception {
    try (LiveHandle handle = LiveHandle.open(name, 128, 32 << 20, Duration.ofMillis(10))) {
      new PacketSocket(handle.descriptor())
          .attachFilter(handle.compile("dst host 10.66.0.2 and port 5001").instructions());
      run("ip", "netns", "exec", sender, "python3", "-c", SEND);
      int longest = 0;
      long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (System.nanoTime() < end) {
        if (!handle.next()) {
          Thread.onSpinWait();
        } else if (handle.originalLength() == 14 + 20 + 8 + "end".length()) {
          return longest;
        } else {
          longest = Math.max(longest, handle.originalLength());
        }
      }
      throw new AssertionError("the last datagram did not come; longest so far " + longest);
    }
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(String.join(" ", command) + ": " + output).isZero();
  }
}
