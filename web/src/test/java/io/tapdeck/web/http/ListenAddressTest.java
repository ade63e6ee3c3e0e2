package io.tapdeck.web.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenAddressTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:8080, 127.0.0.1:8080",
    "127.1.2.3:0, 127.1.2.3:0",
    "localhost:65535, 127.0.0.1:65535",
    "[::1]:8080, [::1]:8080",
    "[0:0:0:0:0:0:0:1]:8080, [::1]:8080",
  })
  void loopbackAddressesAreRead(String text, String shown) {
    assertThat(ListenAddress.parse(text)).hasToString(shown);
    assertThat(ListenAddress.parse(text).isLoopback()).isTrue();
    assertThat(shown).startsWith(ListenAddress.parse(text).name() + ":");
  }

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0:8080, 127.0.0.1",
    "[::]:8080, 127.0.0.1",
    "192.168.1.1:8080, 192.168.1.1",
    "[2001:db8::1]:8080, [2001:db8:0:0:0:0:0:1]",
  })
  void otherAddressesAreNotLoopback(String text, String name) {
    ListenAddress address = ListenAddress.parse(text);
    assertThat(address.isLoopback()).isFalse();
    assertThat(address.name()).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "8080",
        ":8080",
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:http",
        "127.0.0.1:-1",
        "::1:8080",
        "[::1:8080",
        "[::g]:8080",
        "999.0.0.1:8080",
        "example.com:8080",
      })
  void whatIsNoAddressIsToldOf(String text) {
    assertThatThrownBy(() -> ListenAddress.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("127.0.0.1");
  }

  @Test
  void aPortHasABound() {
    assertThatThrownBy(() -> ListenAddress.parse("127.0.0.1:65536"))
        .hasMessageContaining("there is no port 65536");
  }
}
