package io.tapdeck.capture.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpressionParserTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "host 10.1.0.7; host 10.1.0.7",
        "HOST 2001:DB8:0:0:0:0:0:7; host 2001:db8::7",
        "host ::; host ::",
        "host ::ffff:10.0.0.1; host ::ffff:10.0.0.1",
        "net 10.1.0.0/16; net 10.1.0.0/16",
        "net 0.0.0.0/0; net 0.0.0.0/0",
        "net 10.1.0.7; net 10.1.0.7/32",
        "net 2001:db8::/32; net 2001:db8::/32",
        "port 443; port 443",
        "port 08-9; port 8-9",
        "port 0x1bb; port 443",
        "proto 6; proto tcp",
        "tcp and not proto 254; proto tcp and not proto 254",
        "6in4; proto 6in4",
        "vlan 4095; vlan 4095",
        "key 0xFFFFFFFF; key 4294967295",
        "conversation 10.0.0.1:80 10.0.0.2:40000; conversation 10.0.0.1:80 10.0.0.2:40000",
        "conversation [::1]:80 fe80::1; conversation [::1]:80 fe80::1",
        "port 1 or port 2 and port 3; port 1 or (port 2 and port 3)",
        "!(port 1||port 2)&&vlan 7; not (port 1 or port 2) and vlan 7",
        "not not arp; not not proto arp",
        "' \t '; ''",
      })
  void readsWhatIsWritten(String text, String meaning) throws ExpressionException {
    assertThat(ExpressionParser.parse(text)).hasToString(meaning);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "hots 10.1.0.7; 0; 'hots' is not expected: write host, net, port, proto, vlan, key,"
            + " conversation, not, (",
        "host; 4; it ends early: write <address>",
        "host www.example.com; 5; 'www.example.com' is not an IP address (names are not looked up)",
        "host 10.1.0.256; 5; '10.1.0.256' is not an IP address (names are not looked up)",
        "host 10.1; 5; '10.1' is not an IP address (names are not looked up)",
        "port 443 port 80; 9; 'port' is not expected: write and, or",
        "(port 443; 9; it ends early: write and, or, )",
        "port 443 and; 12; it ends early: write host, net, port, proto, vlan, key, conversation,"
            + " not, (",
        "port 65536; 5; '65536' is not a number from 0 to 65535",
        "port 9-8; 5; '9-8' is not a range of ports: 0 to 65535, the smaller first",
        "port 443 & vlan 1; 9; '&' is written twice: &&",
        "net 10.1.2.0/16; 4; '10.1.2.0/16' has bits after the first 16: write 10.1.0.0/16, or host"
            + " 10.1.2.0",
        "net 10.0.0.0/33; 4; '10.0.0.0/33' is not a network: the length is 0 to 32",
        "conversation 10.0.0.1:80 [::1]:80; 25; '[::1]:80' is not of the other end's version of IP:"
            + " both are IPv4, or both IPv6",
        "conversation 10.0.0.1:99999 10.0.0.2; 13; '10.0.0.1:99999' is not an end of a"
            + " conversation: write 10.1.0.7:443, [2001:db8::7]:443, or an address alone",
      })
  void saysWhereItIsWrongAndWhatCouldBeThere(String text, int position, String message) {
    ExpressionException wrong =
        assertThrows(ExpressionException.class, () -> ExpressionParser.parse(text));
    assertThat(wrong).hasMessage(message);
    assertThat(wrong.position()).isEqualTo(position);
  }

  @Test
  void boundsWhatItReads() {
    String deep = "(".repeat(1000) + "port 1" + ")".repeat(1000);
    assertThatThrownBy(() -> ExpressionParser.parse(deep))
        .hasMessage("too much is within each other");
    String many = "port 1" + " or port 1".repeat(256);
    assertThatThrownBy(() -> ExpressionParser.parse(many))
        .hasMessage("an expression has at most 256 terms");
    assertThatThrownBy(() -> ExpressionParser.parse(" ".repeat(8193)))
        .hasMessage("an expression has at most 8192 characters");
  }

  @Test
  void tellsWhoeverCompletesWhatCouldBeThere() {
    ExpressionException wrong =
        assertThrows(ExpressionException.class, () -> ExpressionParser.parse("port 1 an"));
    assertThat(wrong.expected()).isEqualTo(List.of("and", "or"));
  }
}
