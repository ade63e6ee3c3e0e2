package io.tapdeck.capture.libpcap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class PcapVersionTest {
  @Test
  void libpcapsWordsAreRead() {
    assertThat(PcapVersion.parse("libpcap version 1.10.3 (with TPACKET_V3)"))
        .isEqualTo(new PcapVersion("1.10.3", true));
    assertThat(PcapVersion.parse("libpcap version 1.5.3"))
        .isEqualTo(new PcapVersion("1.5.3", false));
    assertThat(PcapVersion.parse("something else"))
        .isEqualTo(new PcapVersion("something else", false));
    assertThat(PcapVersion.parse("")).isEqualTo(new PcapVersion("", false));
  }

  @Test
  @Tag("lab")
  void itIsTheOneThatTcpdumpUses() throws Exception {
    Process tcpdump = new ProcessBuilder("tcpdump", "--version").redirectErrorStream(true).start();
    String text = new String(tcpdump.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    PcapVersion installed = PcapVersion.installed().orElseThrow();
    assertThat(text).contains("libpcap version " + installed.number() + " (");
    assertThat(installed.tpacketV3()).isEqualTo(text.contains("TPACKET_V3"));
  }
}
