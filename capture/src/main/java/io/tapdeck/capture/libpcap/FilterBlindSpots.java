package io.tapdeck.capture.libpcap;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * What a filter does not see although whoever wrote it may think so: pcap-filter(7) finds ports and
 * addresses where they are in a plain frame, and not behind another VLAN tag or in a tunnel.
 *
 * <p>It is decided by the compiled program: whether it could accept a frame that begins as such a
 * frame does, and whether that hangs on something that is then of the outer packet. Where the
 * expression names the encapsulation ({@code vlan}, {@code geneve}, {@code proto gre}, {@code port
 * 4789}), nothing is said: who wrote it knows.
 */
public final class FilterBlindSpots {
  /** DLT_EN10MB. */
  private static final int ETHERNET = 1;

  private static final int SNAPLEN = 262_144;

  /** Words as pcap-filter(7) has them: a host's name may have dots and hyphens in it. */
  private static final Pattern WORD = Pattern.compile("[\\\\A-Za-z0-9_.:-]+");

  private static final Set<String> TUNNEL_WORDS =
      Set.of("gre", "\\gre", "ipip", "geneve", "vxlan", "mpls", "pppoes");
  private static final Map<String, Set<String>> TUNNEL_NUMBERS =
      Map.of("proto", Set.of("4", "41", "47"), "port", Set.of("4789", "6081", "8472"));

  private static final int ETHERTYPE = 12;
  private static final int[] TAGS = {0x8100, 0x88a8};
  private static final int IPV4 = 0x0800;
  private static final int IPV4_PROTOCOL = 23;
  private static final int GRE = 47;
  private static final int UDP = 17;

  private FilterBlindSpots() {}

  /**
   * Tells what a filter does not see on Ethernet frames.
   *
   * <p>As {@link FilterCheck#check}, it can take long where the expression has names in it.
   *
   * @param expression a filter that compiles, of at most {@link FilterCheck#LONGEST} bytes
   * @param carried what the frames on the interface can carry
   * @return a warning in one line; nothing if it sees all, or is no filter
   * @throws PcapException if libpcap is missing
   */
  public static Optional<String> warning(String expression, Set<Encapsulation> carried)
      throws PcapException {
    PcapLibrary.require();
    if (carried.isEmpty()
        || expression.isBlank()
        || expression.indexOf('\0') >= 0
        || expression.getBytes(StandardCharsets.UTF_8).length > FilterCheck.LONGEST) {
      return Optional.empty();
    }
    Optional<Filter> compiled = compile(expression);
    if (compiled.isEmpty()) {
      return Optional.empty();
    }
    List<String> words =
        WORD.matcher(expression.toLowerCase(Locale.ROOT))
            .results()
            .map(MatchResult::group)
            .toList();
    Set<Encapsulation> hidden = new HashSet<>();
    if (carried.contains(Encapsulation.VLAN)
        && !words.contains("vlan")
        && !seesTagged(compiled.get())) {
      hidden.add(Encapsulation.VLAN);
    }
    if (carried.contains(Encapsulation.TUNNEL)
        && !namesTunnel(words)
        && !seesTunnelled(compiled.get())) {
      hidden.add(Encapsulation.TUNNEL);
    }
    return text(hidden);
  }

  private static Optional<String> text(Set<Encapsulation> hidden) {
    if (hidden.isEmpty()) {
      return Optional.empty();
    }
    List<String> unseen = new ArrayList<>();
    if (hidden.contains(Encapsulation.VLAN)) {
      unseen.add(
          "frames with a second VLAN tag or a sent one's own, which takes"
              + " F or (vlan and (F or (vlan and F))) where F is the filter");
    }
    if (hidden.contains(Encapsulation.TUNNEL)) {
      unseen.add("packets inside tunnels, of which it sees the outer addresses and ports only");
    }
    return Optional.of("the filter does not see " + String.join(", nor ", unseen));
  }

  /** Whatever else is in it: a frame can be accepted whose type is that of a tag. */
  private static boolean seesTagged(Filter filter) {
    for (int tag : TAGS) {
      if (BpfReach.of(filter, frame(tag)).accepts()) {
        return true;
      }
    }
    return false;
  }

  /** Accepted whatever is in it, and not because of what the outer packet says. */
  private static boolean seesTunnelled(Filter filter) {
    for (int protocol : new int[] {GRE, UDP}) {
      Map<Integer, Integer> outer = frame(IPV4);
      outer.put(IPV4_PROTOCOL, protocol);
      BpfReach reach = BpfReach.of(filter, outer);
      if (!reach.accepts() || reach.asks()) {
        return false;
      }
    }
    return true;
  }

  private static Map<Integer, Integer> frame(int type) {
    Map<Integer, Integer> known = new HashMap<>();
    known.put(ETHERTYPE, type >> 8);
    known.put(ETHERTYPE + 1, type & 0xff);
    return known;
  }

  private static boolean namesTunnel(List<String> words) {
    for (int i = 0; i < words.size(); i++) {
      if (TUNNEL_WORDS.contains(words.get(i))) {
        return true;
      }
      if (i > 0 && TUNNEL_NUMBERS.getOrDefault(words.get(i - 1), Set.of()).contains(words.get(i))) {
        return true;
      }
    }
    return false;
  }

  private static Optional<Filter> compile(String expression) throws PcapException {
    MemorySegment handle = LibPcap.openDead(ETHERNET, SNAPLEN);
    if (handle.equals(MemorySegment.NULL)) {
      throw new PcapException(0, "libpcap has no memory to compile a filter");
    }
    try {
      return Optional.of(Filter.compile(handle, expression));
    } catch (PcapException wrong) {
      // Who opens the interface with it says so.
      return Optional.empty();
    } finally {
      LibPcap.close(handle);
    }
  }
}
