package io.tapdeck.capture.find;

import io.tapdeck.capture.libpcap.OfflineFilter;
import io.tapdeck.capture.libpcap.PcapException;
import io.tapdeck.capture.pcap.CaptureInterface;
import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.PcapReader;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A filter of libpcap, compiled for each link type that packets have. For one thread. */
final class BpfTests {
  private final String expression;
  private final Map<LinkType, OfflineFilter> compiled = new HashMap<>();

  // The one that was used last.
  private @Nullable LinkType type;
  private @Nullable OfflineFilter filter;

  BpfTests(String expression) {
    this.expression = expression.isBlank() ? "" : expression;
  }

  /**
   * Finds out whether it is a filter at all, before anything is read.
   *
   * @throws FindRefusedException if it is none for Ethernet or raw IP
   */
  void requireAny() throws FindRefusedException {
    try {
      OfflineFilter _ = forType(LinkType.RAW);
    } catch (FindRefusedException perhapsOfEthernet) {
      OfflineFilter _ = forType(LinkType.ETHERNET);
    }
  }

  /**
   * Compiles it for what a file has.
   *
   * @throws FindRefusedException if it is none for that
   */
  void require(List<CaptureInterface> interfaces) throws FindRefusedException {
    for (CaptureInterface one : interfaces) {
      OfflineFilter _ = forType(one.linkType());
    }
  }

  /** Whether the packet that a reader is at is one. */
  boolean accepts(PcapReader at) throws IOException {
    if (expression.isEmpty()) {
      return true;
    }
    LinkType its = at.linkType();
    OfflineFilter test = filter;
    if (test == null || !its.equals(type)) {
      test = forType(its);
      filter = test;
      type = its;
    }
    return test.accepts(at.buffer(), at.offset(), at.captureLength(), at.originalLength());
  }

  private OfflineFilter forType(LinkType its) throws FindRefusedException {
    OfflineFilter known = compiled.get(its);
    if (known != null) {
      return known;
    }
    try {
      OfflineFilter made = OfflineFilter.compile(expression, its);
      compiled.put(its, made);
      return made;
    } catch (PcapException none) {
      throw new FindRefusedException(
          "'%s' is no filter for frames of %s: %s".formatted(expression, its, none.getMessage()),
          none);
    }
  }
}
