package io.tapdeck.capture.libpcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapdeck.capture.pcap.LinkType;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class OfflineFilterTest {
  private static final int LENGTH = 60;

  /** IPv4 and UDP from 10.0.0.1:1000 to 10.0.0.2:53. */
  private static ByteBuffer frame(int offset) {
    ByteBuffer frame = ByteBuffer.allocateDirect(200);
    int ip = offset + 14;
    frame.putShort(offset + 12, (short) 0x0800);
    frame.put(ip, (byte) 0x45).putShort(ip + 2, (short) 46).put(ip + 9, (byte) 17);
    frame.putInt(ip + 12, 0x0A000001).putInt(ip + 16, 0x0A000002);
    frame.putShort(ip + 20, (short) 1000).putShort(ip + 22, (short) 53);
    return frame;
  }

  private static boolean accepts(String expression) throws PcapException {
    return OfflineFilter.compile(expression, LinkType.ETHERNET)
        .accepts(frame(7), 7, LENGTH, LENGTH);
  }

  @Test
  void framesAreAcceptedAsTheExpressionSays() throws PcapException {
    for (String good :
        new String[] {"", "udp", "port 53", "src host 10.0.0.1", "net 10.0.0.0/30", "less 60"}) {
      assertThat(accepts(good)).as(good).isTrue();
      if (!good.isEmpty()) {
        assertThat(accepts("not (" + good + ")")).as(good).isFalse();
      }
    }
  }

  @Test
  void theOriginalLengthIsWhatLengthsAreOf() throws PcapException {
    OfflineFilter large = OfflineFilter.compile("greater 1000", LinkType.ETHERNET);
    assertThat(large.accepts(frame(0), 0, LENGTH, 1_000)).isTrue();
    assertThat(large.accepts(frame(0), 0, LENGTH, 999)).isFalse();
    assertThat(large.accepts(frame(0), 0, LENGTH, 0xFFFF_FFFFL)).isTrue();
  }

  @Test
  void whatWasNotCapturedMatchesNothing() throws PcapException {
    OfflineFilter port = OfflineFilter.compile("udp port 53", LinkType.ETHERNET);
    assertThat(port.accepts(frame(0), 0, 38, LENGTH)).isTrue();
    assertThat(port.accepts(frame(0), 0, 37, LENGTH)).isFalse();
    assertThat(port.accepts(frame(0), 0, 0, LENGTH)).isFalse();
  }

  @Test
  void theProgramIsOfTheLinkType() throws PcapException {
    ByteBuffer frame = frame(0);
    assertThat(OfflineFilter.compile("udp", LinkType.RAW).accepts(frame, 14, 46, 46)).isTrue();
    assertThat(OfflineFilter.compile("udp", LinkType.RAW).accepts(frame, 0, 60, 60)).isFalse();
    assertThatThrownBy(() -> OfflineFilter.compile("ether multicast", LinkType.RAW))
        .isInstanceOf(PcapException.class);
  }

  @Test
  void severalBuffersMayTakeTurns() throws PcapException {
    OfflineFilter port = OfflineFilter.compile("udp port 53", LinkType.ETHERNET);
    ByteBuffer other = ByteBuffer.allocateDirect(100);
    for (int turn = 0; turn < 10; turn++) {
      assertThat(port.accepts(frame(turn), turn, LENGTH, LENGTH)).isTrue();
      assertThat(port.accepts(other, turn, LENGTH, LENGTH)).isFalse();
    }
  }

  @Test
  void whatIsNoFilterIsRefusedInLibpcapsWords() {
    for (String wrong : new String[] {"prot 53", "port", "udp and", "a\0b", "u".repeat(5_000)}) {
      assertThatThrownBy(() -> OfflineFilter.compile(wrong, LinkType.ETHERNET))
          .isInstanceOf(PcapException.class)
          .hasMessageNotContaining("\n");
    }
  }

  @Test
  void nothingBesideTheBufferIsLookedAt() throws PcapException {
    OfflineFilter udp = OfflineFilter.compile("udp", LinkType.ETHERNET);
    assertThatThrownBy(() -> udp.accepts(frame(0), 150, 51, 51))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> udp.accepts(frame(0), -1, 10, 10))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> udp.accepts(ByteBuffer.allocate(60), 0, 60, 60))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
