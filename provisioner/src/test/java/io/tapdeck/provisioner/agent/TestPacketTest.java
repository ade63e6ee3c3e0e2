package io.tapdeck.provisioner.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.provisioner.mirror.Direction;
import io.tapdeck.provisioner.mirror.Filter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TestPacketTest {
  private static final List<String> RULES =
      List.of(
          "",
          "out",
          "in",
          "proto udp",
          "proto udp dst :53",
          "proto udp src 10.0.0.0/8 dst 10.1.0.0/16:53",
          "in proto tcp src 10.0.0.0/8:443",
          "proto arp",
          "proto arp src 10.0.0.1",
          "proto icmp",
          "proto icmp6",
          "proto 253",
          "src 10.0.0.0/24",
          "src 10.0.0.0/8",
          "src 10.0.0.0/9",
          "dst 10.128.0.0/9",
          "src 0.0.0.0/0",
          "dst ::/0",
          "src 2001:db8::/32 dst 2001:db8::1",
          "out src 2001:db8::/64");

  private static Optional<TestPacket> packet(String... rules) {
    return TestPacket.of(Filter.of(List.of(rules)), Direction.BOTH);
  }

  private static boolean passes(TestPacket packet, Filter filter) {
    Direction way = packet.sent() ? Direction.OUT : Direction.IN;
    Battery.Content content =
        packet
            .content()
            .map(of ->
                new Battery.Content(
                    of.source().getAddress().length == 4 ? 4 : 6,
                    of.protocol(),
                    of.source().getHostAddress(),
                    of.destination().getHostAddress(),
                    Stream.of(of.sourcePort(), of.destinationPort())
                        .map(port -> port.orElse(0))
                        .toList(),
                    Battery.Fragment.NONE,
                    100))
            .orElseGet(() ->
                new Battery.Content(
                    0, Battery.NOT_IP, "", "", List.of(), Battery.Fragment.NONE, 100));
    return FilterMeaning.accepts(filter, way, content);
  }

  @Test
  void aPacketIsOneThatNoEarlierRuleRejects() {
    assertThat(packet("reject src 10.0.0.0/24", "accept src 10.0.0.0/8")).isPresent();
    assertThat(packet("reject out", "accept")).contains(new TestPacket(false, Optional.empty()));
    assertThat(packet("reject proto udp dst :53", "accept proto udp")).isPresent();
    assertThat(packet("reject proto tcp", "reject proto 253", "accept src 10.0.0.1")).isPresent();
    assertThat(packet("reject src 0.0.0.0/0", "accept proto tcp").orElseThrow().text())
        .startsWith("ipv6,nw_proto=6,");
    assertThat(packet("reject src 10.0.0.0/9", "reject src 10.128.0.0/10", "accept src 10.0.0.0/8"))
        .isPresent();
  }

  @Test
  void whereAllIsRejectedBeforeThereIsNone() {
    assertThat(packet("reject", "accept src 10.0.0.0/8")).isEmpty();
    assertThat(packet("reject src 10.0.0.0/8", "accept src 10.0.0.0/24")).isEmpty();
    assertThat(packet("reject")).isEmpty();
    assertThat(TestPacket.of(Filter.of(List.of("accept in")), Direction.OUT)).isEmpty();
  }

  @Test
  void whatIsFoundPassesAsFiltersAreMeant() {
    Random random = new Random(7);
    for (int run = 0; run < 3000; run++) {
      List<String> rules = new ArrayList<>();
      for (int i = random.nextInt(1, 6); i > 0; i--) {
        String rest = RULES.get(random.nextInt(RULES.size()));
        rules.add((random.nextBoolean() ? "accept " : "reject ") + rest);
      }
      Filter filter = Filter.of(rules.stream().map(String::strip).toList());
      assertThat(TestPacket.of(filter, Direction.BOTH).stream())
          .as(filter.text())
          .allMatch(packet -> passes(packet, filter));
    }
  }
}
