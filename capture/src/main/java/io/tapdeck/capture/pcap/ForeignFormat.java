package io.tapdeck.capture.pcap;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Recognises what people take for a pcap or pcapng file, so that the refusal can name it. */
final class ForeignFormat {
  private static final int MODIFIED_PCAP = 0xA1B2CD34;
  private static final int MODIFIED_PCAP_SWAPPED = 0x34CDB2A1;
  private static final int ZSTD = 0x28B52FFD;
  private static final int LZ4 = 0x04224D18;
  private static final int XZ = 0xFD377A58;
  private static final int ZIP = 0x504B0304;
  private static final int GZIP = 0x1F8B;
  private static final String BZIP2 = "BZh";
  private static final String SNOOP = "snoop";
  private static final String NETWORK_MONITOR = "GMBU";

  private ForeignFormat() {}

  /**
   * A clause for what {@code start}, the first bytes of a file, look like, and what to do.
   *
   * @param start at least four bytes from index 0
   */
  static String describe(ByteBuffer start) {
    ByteBuffer bytes = start.duplicate().order(ByteOrder.BIG_ENDIAN);
    int magic = bytes.getInt(0);
    String convert = "; convert it with 'editcap -F nsecpcap'";
    if (magic >>> Short.SIZE == GZIP) {
      return "it looks like gzip; unpack it first";
    }
    return switch (magic) {
      case MODIFIED_PCAP, MODIFIED_PCAP_SWAPPED -> "it is in the 'modified' pcap format" + convert;
      case ZSTD -> "it looks like zstd; unpack it first";
      case LZ4 -> "it looks like lz4; unpack it first";
      case XZ -> "it looks like xz; unpack it first";
      case ZIP -> "it looks like a zip archive; unpack it first";
      default -> describeText(bytes, convert);
    };
  }

  private static String describeText(ByteBuffer bytes, String convert) {
    String text = StandardCharsets.ISO_8859_1.decode(bytes.duplicate().position(0)).toString();
    if (text.startsWith(BZIP2)) {
      return "it looks like bzip2; unpack it first";
    }
    if (text.startsWith(SNOOP)) {
      return "it looks like snoop" + convert;
    }
    if (text.startsWith(NETWORK_MONITOR)) {
      return "it looks like Microsoft Network Monitor" + convert;
    }
    return "it begins with the bytes %08x; name a pcap or pcapng file".formatted(bytes.getInt(0));
  }
}
