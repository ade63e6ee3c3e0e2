package io.tapdeck.provisioner.mirror;

import java.util.Optional;
import java.util.UUID;

/**
 * What the flows of one group have in common: they share a Mirror, a patch port and a tunnel key,
 * so that a frame between two of their NICs is copied once.
 *
 * @param host the host that the copies are taken on
 * @param bridge the bridge there
 * @param direction of a switch's traffic; NICs each have their own, and their group has both
 * @param filter which copies go on
 * @param truncate how many bytes of each go on; all if absent
 * @param fit whether what is too long for the way is cut rather than dropped
 */
public record GroupIdentity(
    UUID service,
    String host,
    String bridge,
    Kind kind,
    Direction direction,
    Tags tags,
    Filter filter,
    Optional<Integer> truncate,
    boolean fit) {
  /** What a group's Mirror selects. */
  public enum Kind {
    /** Ports of guests. */
    NICS,
    /** All of a bridge. */
    SWITCH,
    /** Some of a bridge's VLANs. */
    VLANS
  }

  /** Which tags are taken off the copies. */
  public enum Tags {
    /** None. */
    KEPT,
    /** Those of the NICs' access ports. */
    ACCESS,
    /** The outermost one. */
    OUTER
  }

  /** The group that the copies of a source belong to. */
  public static GroupIdentity of(TapFlow flow, SourcePlace place) {
    Kind kind =
        switch (flow.source()) {
          case Source.Vnic ignored -> Kind.NICS;
          case Source.Vswitch of -> of.vlan().isPresent() ? Kind.VLANS : Kind.SWITCH;
        };
    Treatment treatment = flow.treatment();
    return new GroupIdentity(
        flow.service(),
        place.host(),
        place.bridge(),
        kind,
        kind == Kind.NICS ? Direction.BOTH : flow.direction(),
        tags(treatment.strip(), place),
        treatment.filter(),
        treatment.truncate(),
        treatment.fit());
  }

  private static Tags tags(Strip strip, SourcePlace place) {
    return switch (strip) {
      case ON -> Tags.OUTER;
      case OFF -> Tags.KEPT;
      case AUTO ->
          place instanceof Nic nic && nic.accessTag().isPresent() ? Tags.ACCESS : Tags.KEPT;
    };
  }
}
