package io.tapdeck.capture.netif;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InterfaceAddressTest {
  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, 255.255.255.0, 192.0.2.1/24",
    "10.0.0.1, 255.255.255.255, 10.0.0.1/32",
    "fe80:0:0:0:fc:ff:fe00:1, ffff:ffff:ffff:ffff::, fe80::fc:ff:fe00:1/64",
    "0:0:0:0:0:0:0:1, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, ::1/128",
    "2001:DB8:0:0:1:0:0:1, ffff:ffff::, 2001:db8::1:0:0:1/32",
    "2001:db8:0:1:1:1:1:1, ffff:ffff::, 2001:db8:0:1:1:1:1:1/32",
    "2001:db8:0:0:0:0:0:0, ffff:ffff::, 2001:db8::/32",
    "0:0:0:0:0:0:0:0, ::, ::/0"
  })
  void anAddressIsWrittenAsIpAddrWritesIt(String address, String mask, String written) {
    assertThat(
            InterfaceAddress.text(
                InetAddress.ofLiteral(address), Optional.of(InetAddress.ofLiteral(mask))))
        .isEqualTo(written);
  }

  @Test
  void withoutANetmaskThereIsNoPrefix() {
    assertThat(InterfaceAddress.text(InetAddress.ofLiteral("192.0.2.1"), Optional.empty()))
        .isEqualTo("192.0.2.1");
  }

  @Property
  void whatIsWrittenIsReadAsTheSameAddress(@ForAll @Size(16) byte[] bytes) throws Exception {
    // Few values, so that runs of zeros are frequent.
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = bytes[i] > 0 ? 0 : bytes[i];
    }
    InetAddress address = InetAddress.getByAddress(bytes);
    assertThat(InetAddress.ofLiteral(InterfaceAddress.text(address, Optional.empty())))
        .isEqualTo(address);
  }
}
