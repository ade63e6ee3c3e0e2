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
import java.util.function.Predicate;
import java.util.stream.Collectors;

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
   * copies longest, and cut what does not fit rather than drop it; then those of which it is surest
   * what they select.
   */
  static final Comparator<SourceGroup> ORDER =
      Comparator.comparingInt((SourceGroup one) -> -one.length())
          .thenComparingInt(one -> one.identity().fit() ? 0 : 1)
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

  /**
   * Whether no frame is looked for in both, as a rule because none can be of both. A frame may be
   * all the same, where patch ports take it over several bridges, or where it comes by one uplink
   * and leaves by another: it is copied for each, as {@link Forecast#severalPlaces} tells.
   */
  boolean isApartFrom(SourceGroup other) {
    boolean sameBridge = identity().bridge().equals(other.identity().bridge());
    boolean sameService = identity().service().equals(other.identity().service());
    if (!sameBridge || !sameService) {
      return true;
    }
    if (isOneWay() && other.isOneWay() && identity().direction() != other.identity().direction()) {
      return true;
    }
    Optional<Set<Integer>> these = onlyVlans();
    Optional<Set<Integer>> those = other.onlyVlans();
    return these.isPresent()
        && those.isPresent()
        && these.get().stream().noneMatch(those.get()::contains);
  }

  /** The only VLANs of which it can have frames; absent if it can be any. */
  private Optional<Set<Integer>> onlyVlans() {
    if (!isOfNics()) {
      return Optional.of(vlans).filter(some -> !some.isEmpty());
    }
    return members.stream().noneMatch(member -> member.nic().vlans().isEmpty())
        ? Optional.of(
            members.stream()
                .flatMap(member -> member.nic().vlans().stream())
                .collect(Collectors.toSet()))
        : Optional.empty();
  }

  /** Whether its Mirror selects all that a later group's does, whatever the addresses. */
  boolean contains(SourceGroup later) {
    return isOfNics()
        && later.isOfNics()
        && ports(Direction::sends).containsAll(later.ports(Direction::sends))
        && ports(Direction::receives).containsAll(later.ports(Direction::receives));
  }

  private Set<String> ports(Predicate<Direction> way) {
    return members.stream()
        .filter(member -> way.test(member.direction()))
        .map(member -> member.nic().port())
        .collect(Collectors.toSet());
  }

  /** Whether it can be told of frames of a later group that this one has taken them. */
  boolean isKnownIn(SourceGroup later) {
    return !isOneWay() || identity().direction() == later.identity().direction();
  }

  /** Which frames may be copied for this group and again for a later one, if any. */
  Optional<String> doubtOver(SourceGroup later) {
    if (!isKnownIn(later)) {
      return Optional.of(
          "frames that pass the uplink of bridge "
              + identity().bridge()
              + " cannot be told from others by what is in them");
    }
    return isOfNics() && !contains(later)
        ? Optional.of(
            "frames that pass its NICs under other addresses than theirs, as those that bridge "
                + identity().bridge()
                + " floods, cannot be told from others")
        : Optional.empty();
  }
}
