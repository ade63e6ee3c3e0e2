package io.tapdeck.provisioner.plan;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;

/**
 * Matches of ovs-fields(7) for frames of some VLANs: one for each aligned block of them, so that a
 * trunk of thousands takes a few flows.
 */
final class VlanMatch {
  private static final int IDS = 1 << 12;
  private static final int TAGGED = 0x1000;

  private VlanMatch() {}

  /**
   * The matches, each with a comma before it; no frame fits two of them.
   *
   * @param vlans 0 for what is untagged; none for all frames
   */
  static List<String> of(Set<Integer> vlans) {
    if (vlans.isEmpty()) {
      return List.of("");
    }
    List<String> matches = new ArrayList<>();
    if (vlans.contains(0)) {
      matches.add(",vlan_tci=0x0000/0x1fff");
    }
    BitSet tagged = new BitSet(IDS);
    vlans.stream().filter(vlan -> vlan > 0 && vlan < IDS).forEach(tagged::set);
    int first = tagged.nextSetBit(0);
    while (first >= 0) {
      int size = blockAt(first, tagged);
      matches.add(size == 1 ? ",dl_vlan=" + first : block(first, size));
      first = tagged.nextSetBit(first + size);
    }
    return matches;
  }

  /** How large the largest aligned block of VLANs is that begins here and is there whole. */
  private static int blockAt(int first, BitSet vlans) {
    int end = vlans.nextClearBit(first);
    int size = 1;
    while (first % (2 * size) == 0 && first + 2 * size <= end) {
      size *= 2;
    }
    return size;
  }

  private static String block(int first, int size) {
    return ",vlan_tci=0x%04x/0x%04x".formatted(TAGGED | first, TAGGED | (IDS - size));
  }
}
