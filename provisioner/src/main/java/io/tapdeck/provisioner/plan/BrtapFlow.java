package io.tapdeck.provisioner.plan;

import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * A flow of {@code brtap}. Its text is in the form and order in which Open vSwitch prints flows, so
 * that what is there can be compared with what should be.
 */
public sealed interface BrtapFlow {
  /** IP protocol number of GRE. */
  int GRE = 47;

  /**
   * The flow in the notation of ovs-ofctl(8).
   *
   * @param number gives the OpenFlow port number of a port's name
   */
  String text(ToIntFunction<String> number);

  /** Whatever no other flow takes is dropped. */
  record DropRest() implements BrtapFlow {
    @Override
    public String text(ToIntFunction<String> number) {
      return "priority=0,actions=drop";
    }
  }

  /** Nothing comes in by a tap NIC. */
  record Mute(String nicPort) implements BrtapFlow {
    @Override
    public String text(ToIntFunction<String> number) {
      return "priority=400,in_port=" + number.applyAsInt(nicPort) + ",actions=drop";
    }
  }

  /** GRE from this endpoint is one half of what {@link GuardDrop} drops. */
  record GuardFrom(IpVersion version, String ip) implements BrtapFlow {
    @Override
    public String text(ToIntFunction<String> number) {
      return version.guardPrefix() + "src=" + ip + version.guardSuffix(1);
    }
  }

  /** GRE to this endpoint is the other half. */
  record GuardTo(IpVersion version, String ip) implements BrtapFlow {
    @Override
    public String text(ToIntFunction<String> number) {
      return version.guardPrefix() + "dst=" + ip + version.guardSuffix(2);
    }
  }

  /** The loop guard: GRE between two endpoints of ours is never copied. */
  record GuardDrop(IpVersion version) implements BrtapFlow {
    @Override
    public String text(ToIntFunction<String> number) {
      return "priority=300,conj_id="
          + version.conjunction()
          + ","
          + version.word()
          + ",actions=drop";
    }
  }

  /**
   * The copies of a group go on to where they are wanted.
   *
   * @param tag if present, only frames of this VLAN, whose tag is taken off
   */
  record Copy(String groupPort, Optional<Integer> tag, Delivery delivery) implements BrtapFlow {
    @Override
    public String text(ToIntFunction<String> number) {
      String in = "in_port=" + number.applyAsInt(groupPort);
      return tag.map(vlan -> "priority=110," + in + ",dl_vlan=" + vlan + ",actions=pop_vlan,")
              .orElse("priority=100," + in + ",actions=")
          + delivery.actions(number);
    }
  }

  /** Copies from another host are delivered by their key. */
  record Deliver(String tunnelPort, long key, String nicPort) implements BrtapFlow {
    @Override
    public String text(ToIntFunction<String> number) {
      return "priority=100,tun_id=0x"
          + Long.toHexString(key)
          + ",in_port="
          + number.applyAsInt(tunnelPort)
          + ",actions=output:"
          + number.applyAsInt(nicPort);
    }
  }

  /** Where the copies of a group go next. */
  sealed interface Delivery {
    /** The OpenFlow actions that send a frame there. */
    String actions(ToIntFunction<String> number);
  }

  /** To the tap NIC of this host. */
  record ToNic(String nicPort) implements Delivery {
    @Override
    public String actions(ToIntFunction<String> number) {
      return "output:" + number.applyAsInt(nicPort);
    }
  }

  /** Into the tunnel to another host. */
  record ToTunnel(String tunnelPort, long key) implements Delivery {
    @Override
    public String actions(ToIntFunction<String> number) {
      return "set_field:0x"
          + Long.toHexString(key)
          + "->tun_id,output:"
          + number.applyAsInt(tunnelPort);
    }
  }
}
