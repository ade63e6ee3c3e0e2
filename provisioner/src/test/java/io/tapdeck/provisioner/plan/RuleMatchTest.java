package io.tapdeck.provisioner.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.provisioner.mirror.FilterRule;
import java.util.List;
import org.junit.jupiter.api.Test;

class RuleMatchTest {
  private static List<String> of(String rule) {
    return RuleMatch.of(FilterRule.parse(rule), "reg0=0x1");
  }

  @Test
  void laterFragmentsOfWhatIsAcceptedByPortAreAccepted() {
    assertThat(of("accept proto udp dst 10.0.0.1:53"))
        .containsExactly(
            "udp,reg0=0x1,nw_dst=10.0.0.1,tp_dst=53", "udp,reg0=0x1,nw_dst=10.0.0.1,nw_frag=later");
    assertThat(of("reject proto udp dst 10.0.0.1:53"))
        .containsExactly("udp,reg0=0x1,nw_dst=10.0.0.1,tp_dst=53");
  }

  @Test
  void laterFragmentsOfIpv6DoNotSayOfWhichProtocolTheyAre() {
    assertThat(of("accept proto udp dst [2001:db8::1]:53"))
        .containsExactly(
            "udp6,reg0=0x1,ipv6_dst=2001:db8::1,tp_dst=53",
            "ipv6,reg0=0x1,ipv6_dst=2001:db8::1,nw_proto=44,nw_frag=later");
    assertThat(of("accept proto icmp6"))
        .containsExactly("icmp6,reg0=0x1", "ipv6,reg0=0x1,nw_proto=44,nw_frag=later");
    assertThat(of("reject proto icmp6")).containsExactly("icmp6,reg0=0x1");
    assertThat(of("accept src 2001:db8::/32"))
        .containsExactly("ipv6,reg0=0x1,ipv6_src=2001:db8::/32");
  }
}
