package io.tapdeck.provisioner.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TunnelAddressTest {
  @ParameterizedTest
  @CsvSource({
    "198.18.0.1, 198.18.0.1",
    "FD00:0:0:0:0:0:0:1, fd00::1",
    "fd00:0:0:1:0:0:0:1, fd00:0:0:1::1",
    "fd00::1:0:0:1:0:0, fd00:0:1::1:0:0",
    "2001:db8::1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "2001:db8::, 2001:db8::",
    "::ffff:198.18.0.1, 198.18.0.1",
  })
  void anAddressIsWrittenAsOpenVswitchPrintsIt(String given, String canonical) {
    assertThat(TunnelAddress.canonical(given)).contains(canonical);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "myhost",
        "",
        "198.18.0.1/24",
        "198.18.0.1,actions=drop",
        "0.0.0.0",
        "::",
        "127.0.0.1",
        "::1",
        "fe80::1",
        "fe80::1%lo",
        "224.0.0.1",
        "ff02::1",
        "::198.18.0.1"
      })
  void whatOthersCannotReachIsNoTunnelAddress(String given) {
    assertThat(TunnelAddress.canonical(given)).isEmpty();
  }
}
