package io.tapdeck.provisioner.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class NicCommandsTest {
  private static final TapNic NIC =
      new TapNic(TapNic.Kind.PHYSICAL, new UUID(0, 1), "e1", "e1", Optional.empty());

  @Test
  void aPhysicalNicIsDeafBeforeItIsAPort() {
    assertThat(NicCommands.before(NIC))
        .filteredOn(command -> !command.startsWith("#"))
        .containsExactly(
            "ip link set dev e1 arp off alias"
                + " 'tapdeck holds this NIC; it was down, arp on, ipv6 on'",
            "sysctl -q -e -w net/ipv6/conf/e1/disable_ipv6=1",
            "nft add table netdev tapdeck-e1",
            "nft add chain netdev tapdeck-e1 deaf '{ type filter hook ingress device \"e1\""
                + " priority -500; policy drop; }'",
            "ip link set dev e1 up");
    assertThat(NicCommands.after(NIC)).isEmpty();
  }

  @Test
  void aPhysicalNicIsGivenBack() {
    assertThat(NicCommands.gone(NIC))
        .filteredOn(command -> !command.startsWith("#"))
        .containsExactly(
            "ip link set dev e1 down arp on",
            "sysctl -q -e -w net/ipv6/conf/e1/disable_ipv6=0",
            "ip link set dev e1 alias ''",
            "nft delete table netdev tapdeck-e1");
  }
}
