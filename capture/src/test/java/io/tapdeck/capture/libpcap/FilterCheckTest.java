package io.tapdeck.capture.libpcap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FilterCheckTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "udp port 53",
        "vlan 20 and tcp[tcpflags] & tcp-syn != 0",
        "ip6 host 2001:db8::1",
        "ether[0] & 1 = 1"
      })
  void aFilterIsOne(String expression) throws Exception {
    assertThat(FilterCheck.problem(expression)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"udp prt 53", "(", "port 99999", "tcp; rm -rf /", "-w /tmp/x", "\u2028"})
  void whatIsNoneIsToldInTheWordsOfLibpcap(String expression) throws Exception {
    assertThat(FilterCheck.problem(expression).orElseThrow()).isNotBlank();
  }

  @Test
  void whatIsTooLongOrHidesItsEndIsRefused() throws Exception {
    assertThat(FilterCheck.problem("ip or ".repeat(2000) + "ip").orElseThrow())
        .contains("longer than 4096 bytes");
    assertThat(FilterCheck.problem("udp\0 prt 53").orElseThrow()).contains("NUL");
  }

  @Test
  void manyDeepOnesDoNotHarmIt() throws Exception {
    String deep = "(".repeat(2000) + "ip" + ")".repeat(2000);
    for (int i = 0; i < 20; i++) {
      var _ = FilterCheck.problem(deep);
    }
    assertThat(FilterCheck.problem("ip")).isEmpty();
  }
}
