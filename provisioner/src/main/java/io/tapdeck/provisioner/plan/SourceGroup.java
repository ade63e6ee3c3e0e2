package io.tapdeck.provisioner.plan;

import io.tapdeck.provisioner.mirror.Direction;
import io.tapdeck.provisioner.mirror.GroupIdentity;
import io.tapdeck.provisioner.mirror.GroupIdentity.Kind;
import io.tapdeck.provisioner.mirror.Nic;
import io.tapdeck.provisioner.mirror.TapGroup;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A group whose copies are taken on this host.
 *
 * @param members the guests' NICs, if it is of NICs
 * @param vlans the VLANs, if it is of some of a switch's; 0 for what is untagged
 * @param uplinks the ports that lead out of the host, if it is of a switch
 */
record SourceGroup(TapGroup group, List<Member> members, Set<Integer> vlans, Set<String> uplinks) {
  /**
   * In this order groups of a service take what several of them select: first those that leave
   * copies longest, then those of which it is surest what they select.
   */
  static final Comparator<SourceGroup> ORDER =
      Comparator.comparingInt((SourceGroup one) -> -one.length())
          .thenComparingInt(SourceGroup::doubt)
          .thenComparingLong(SourceGroup::key);

  /** A NIC, and which of its frames are copied. */
  record Member(Nic nic, Direction direction) {}

  SourceGroup {
    members = List.copyOf(members);
    vlans = Set.copyOf(vlans);
    uplinks = Set.copyOf(uplinks);
  }

  GroupIdentity identity() {
    return group.identity();
  }

  long key() {
    return group.key();
  }

  /** Its patch port on {@code brtap}. */
  String tap() {
    return InterfaceNames.groupTap(key());
  }

  private int length() {
    return identity().truncate().orElse(Integer.MAX_VALUE);
  }

  private int doubt() {
    if (identity().direction() != Direction.BOTH) {
      return 3;
    }
    return switch (identity().kind()) {
      case SWITCH -> 0;
      case VLANS -> 1;
      case NICS -> 2;
    };
  }

  /** Whether it copies a switch's traffic of one direction, which no address tells. */
  boolean isOneWay() {
    return identity().direction() != Direction.BOTH;
  }

  boolean isOfNics() {
    return identity().kind() == Kind.NICS;
  }

  /** Whether no frame can be of both. */
  boolean isApartFrom(SourceGroup other) {
    boolean sameBridge = identity().bridge().equals(other.identity().bridge());
    boolean sameService = identity().service().equals(other.identity().service());
    if (!sameBridge || !sameService) {
      return true;
    }
    if (isOneWay() && other.isOneWay() && identity().direction() != other.identity().direction()) {
      return true;
    }
    return !vlans.isEmpty()
        && !other.vlans.isEmpty()
        && vlans.stream().noneMatch(other.vlans::contains);
  }

  /** Why it cannot be told which frames of a later group this one has taken; nothing if it can. */
  Optional<String> doubtOver(SourceGroup later) {
    return isOneWay() && identity().direction() != later.identity().direction()
        ? Optional.of(
            "frames that pass the uplink of bridge "
                + identity().bridge()
                + " cannot be told from others by what is in them")
        : Optional.empty();
  }
}
