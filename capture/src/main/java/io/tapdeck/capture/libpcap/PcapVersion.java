package io.tapdeck.capture.libpcap;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which libpcap is installed (pcap_lib_version(3PCAP)).
 *
 * @param number such as {@code 1.10.3}
 * @param tpacketV3 it fills its ring with frames of their own length (TPACKET_V3); else each takes
 *     the room of the longest
 */
public record PcapVersion(String number, boolean tpacketV3) {
  private static final int TEXT_LIMIT = 1024;
  private static final Pattern TEXT = Pattern.compile("libpcap version (\\S+)(.*)");

  /** Asks; nothing if none is installed. */
  public static Optional<PcapVersion> installed() {
    return PcapLibrary.LOOKUP
        .flatMap(library -> library.find("pcap_lib_version"))
        .map(function -> parse(call(function)));
  }

  /** Reads libpcap's words, such as "libpcap version 1.10.3 (with TPACKET_V3)". */
  static PcapVersion parse(String text) {
    Matcher words = TEXT.matcher(text);
    return words.matches()
        ? new PcapVersion(words.group(1), words.group(2).contains("TPACKET_V3"))
        : new PcapVersion(text, text.contains("TPACKET_V3"));
  }

  private static String call(MemorySegment function) {
    try {
      MemorySegment text =
          (MemorySegment)
              Linker.nativeLinker()
                  .downcallHandle(function, FunctionDescriptor.of(ADDRESS))
                  .invokeExact();
      return text.reinterpret(TEXT_LIMIT).getString(0);
    } catch (Throwable thrown) {
      throw new AssertionError("call into libpcap", thrown);
    }
  }
}
