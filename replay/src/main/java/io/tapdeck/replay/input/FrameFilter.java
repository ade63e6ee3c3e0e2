package io.tapdeck.replay.input;

import io.tapdeck.capture.libpcap.OfflineFilter;
import io.tapdeck.capture.libpcap.PcapException;
import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.PcapReader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A filter for frames of whatever link types the input has: one expression is another program for
 * each. Frames of a link type for which the expression is none are not accepted.
 */
final class FrameFilter {
  private final String expression;
  private final List<Program> programs = new ArrayList<>();
  private Program last = new Program(new LinkType(0), null);

  private record Program(LinkType linkType, @Nullable OfflineFilter filter) {}

  private FrameFilter(String expression) {
    this.expression = expression;
  }

  /**
   * Compiles an expression.
   *
   * @param linkTypes those that are known of; there may come more
   * @throws InputRefusedException if it is none for any of them
   */
  static FrameFilter compile(String expression, Collection<LinkType> linkTypes) {
    FrameFilter filter = new FrameFilter(expression);
    PcapException refused = null;
    boolean any = false;
    for (LinkType linkType : linkTypes) {
      try {
        OfflineFilter compiled = OfflineFilter.compile(expression, linkType);
        filter.programs.add(new Program(linkType, compiled));
        any = true;
      } catch (PcapException wrong) {
        filter.programs.add(new Program(linkType, null));
        refused = wrong;
      }
    }
    if (!any && refused != null) {
      throw new InputRefusedException(
          "the filter '%s' is none for %s frames: %s"
              .formatted(expression, filter.programs.getLast().linkType(), refused.getMessage()),
          refused);
    }
    return filter;
  }

  /** Whether the frame that a reader is at passes. */
  boolean accepts(PcapReader at) {
    LinkType linkType = at.linkType();
    if (last.linkType().number() != linkType.number() || last.filter() == null) {
      last = program(linkType);
    }
    OfflineFilter filter = last.filter();
    return filter != null
        && filter.accepts(at.buffer(), at.offset(), at.captureLength(), at.originalLength());
  }

  private Program program(LinkType linkType) {
    for (int i = 0; i < programs.size(); i++) {
      if (programs.get(i).linkType().number() == linkType.number()) {
        return programs.get(i);
      }
    }
    Program compiled = new Program(linkType, null);
    try {
      compiled = new Program(linkType, OfflineFilter.compile(expression, linkType));
    } catch (PcapException none) {
      // Of such frames none passes.
    }
    programs.add(compiled);
    return compiled;
  }
}
