package io.tapdeck.capture.libpcap;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.capture.os.NetworkNamespace;
import io.tapdeck.capture.os.PacketSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FilterBlindSpotsTest {
  /** The lengths of the frames that are sent, by which they are told apart. */
  private static final int PLAIN = 142;

  private static final int TAGGED = 246;
  private static final int STACKED = 350;
  private static final int LAST = 42;

  private static final Set<Encapsulation> ALL = EnumSet.allOf(Encapsulation.class);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tcp port 80",
        "udp",
        "host 10.0.0.1",
        "ip6",
        "arp",
        "net 10.0.0.0/8 and not port 22",
        "icmp or (tcp and portrange 1-1023)",
        "tcp[tcpflags] & tcp-syn != 0",
        "ip and len > 1000",
        "port 80 and inbound",
      })
  void behindATagNothingOfItIsSeen(String expression) throws Exception {
    assertThat(FilterBlindSpots.warning(expression, Set.of(Encapsulation.VLAN)))
        .hasValue(
            "the filter does not see frames with a second VLAN tag or a sent one's own, which"
                + " takes F or (vlan and (F or (vlan and F))) where F is the filter");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "  ",
        "vlan",
        "vlan 5 and tcp",
        "tcp or (VLAN and tcp)",
        "ether host 52:54:00:00:00:01",
        "not tcp port 22",
        "len > 1000",
        "outbound",
        "ether proto 0x8100",
        "tcp or ether[12:2] = 0x88a8",
        "broadcast"
      })
  void whatDoesNotAskForTheTypeSeesTaggedFrames(String expression) throws Exception {
    assertThat(FilterBlindSpots.warning(expression, Set.of(Encapsulation.VLAN))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tcp port 80",
        "host 10.0.0.1",
        "ip6",
        "arp",
        "ether host 52:54:00:00:00:01",
        "udp port 53",
        "ip[8] < 5",
        "tcp",
      })
  void whatAsksForThePacketSeesTheOuterOne(String expression) throws Exception {
    assertThat(FilterBlindSpots.warning(expression, Set.of(Encapsulation.TUNNEL)))
        .hasValue(
            "the filter does not see packets inside tunnels, of which it sees the outer addresses"
                + " and ports only");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ip",
        "not arp",
        // Lets in more than it should, and misses nothing.
        "not tcp port 22",
        "len > 1000",
        "inbound",
        "inbound and len < 200",
        "ip proto 47",
        "proto 47 and host 10.0.0.1",
        "proto \\gre",
        "udp port 4789",
        "geneve 7 and tcp",
        "not ip proto 4",
      })
  void whatDoesNotAskForThePacketOrNamesATunnelIsLeftAlone(String expression) throws Exception {
    assertThat(FilterBlindSpots.warning(expression, Set.of(Encapsulation.TUNNEL))).isEmpty();
  }

  @Test
  void bothAreSaidInOneLine() throws Exception {
    assertThat(FilterBlindSpots.warning("tcp port 80", ALL).orElseThrow())
        .contains("VLAN tag")
        .contains(", nor packets inside tunnels")
        .doesNotContain("\n");
  }

  @Test
  void whereNothingIsCarriedNothingIsSaid() throws Exception {
    assertThat(FilterBlindSpots.warning("tcp port 80", Set.of())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcp port", "tcp and udp", "tcp\0nonsense", "host \n"})
  void ofWhatIsNoFilterNothingIsSaid(String expression) throws Exception {
    assertThat(FilterBlindSpots.warning(expression, ALL)).isEmpty();
  }

  @Test
  void anExpressionThatIsTooLongIsNotCompiled() throws Exception {
    String longest = "tcp" + " ".repeat(FilterCheck.LONGEST - 3);
    assertThat(FilterBlindSpots.warning(longest, ALL)).isPresent();
    assertThat(FilterBlindSpots.warning(longest + " ", ALL)).isEmpty();
  }

  /**
   * What the warnings say, on a real veth: the lengths of the frames that each filter lets in. One
   * in a GRE tunnel is sent, too, and seen by none.
   */
  @Test
  @Tag("lab")
  void itIsAsTheKernelDoesIt() throws Exception {
    String netns = "tdb" + ProcessHandle.current().pid();
    run("ip", "netns", "add", netns);
    try {
      run("ip", "netns", "exec", netns, "sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1");
      run("ip", "-n", netns, "link", "add", "bs-a", "type", "veth", "peer", "name", "bs-b");
      run("ip", "-n", netns, "link", "set", "bs-a", "up");
      run("ip", "-n", netns, "link", "set", "bs-b", "up");
      String plain = "udp port 53";
      String nested = "udp port 53 or (vlan and (udp port 53 or (vlan and udp port 53)))";
      List<Integer> received = List.of(PLAIN, TAGGED);
      List<Integer> sent = List.of(PLAIN);
      List<Integer> all = List.of(PLAIN, TAGGED, STACKED);
      Map<String, List<Integer>> seen = new TreeMap<>();
      new NetworkNamespace(netns)
          .call(() -> {
            seen.put("received, plain", capture(netns, "bs-b", plain));
            seen.put("received, nested", capture(netns, "bs-b", nested));
            seen.put("sent, plain", capture(netns, "bs-a", plain));
            seen.put("sent, nested", capture(netns, "bs-a", nested));
            return 0;
          });
      assertThat(seen)
          .containsExactlyInAnyOrderEntriesOf(
              Map.of(
                  "received, plain", received,
                  "received, nested", all,
                  "sent, plain", sent,
                  "sent, nested", all));
    } finally {
      run("ip", "netns", "del", netns);
    }
  }

  private static final String SEND =
      """
      import socket, struct
      s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
      s.bind(('bs-a', 0))
      mac = b'\\xff' * 6 + bytes.fromhex('020000000001')
      def ip(protocol, payload):
          return struct.pack('!BBHHHBBHII', 0x45, 0, 20 + len(payload), 1, 0, 64, protocol, 0, 0x0a000001, 0x0a000002) + payload
      def dns(size):
          return ip(17, struct.pack('!HHHH', 1000, 53, 8 + size, 0) + bytes(size))
      ipv4 = struct.pack('!H', 0x0800)
      s.send(mac + ipv4 + dns(100))
      s.send(mac + struct.pack('!HH', 0x8100, 5) + ipv4 + dns(200))
      s.send(mac + struct.pack('!HHHH', 0x88a8, 7, 0x8100, 5) + ipv4 + dns(300))
      s.send(mac + ipv4 + ip(47, struct.pack('!HH', 0, 0x0800) + dns(334)))
      s.send(mac + ipv4 + ip(17, struct.pack('!HHHH', 53, 53, 8, 0)))
      """;

  /** The sizes of the frames that a filter lets in; the last frame tells that all have come. */
  private static List<Integer> capture(String netns, String name, String expression)
      throws Exception {
    try (LiveHandle handle = LiveHandle.open(name, 65_535, 1 << 20, Duration.ofMillis(10))) {
      new PacketSocket(handle.descriptor()).attachFilter(handle.compile(expression).instructions());
      run("ip", "netns", "exec", netns, "python3", "-c", SEND);
      List<Integer> sizes = new ArrayList<>();
      long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (System.nanoTime() < end) {
        if (!handle.next()) {
          Thread.onSpinWait();
        } else if (handle.originalLength() == LAST) {
          return sizes;
        } else {
          sizes.add(handle.originalLength());
        }
      }
      throw new AssertionError("the last frame did not come; sizes so far " + sizes);
    }
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(String.join(" ", command) + ": " + output).isZero();
  }
}
