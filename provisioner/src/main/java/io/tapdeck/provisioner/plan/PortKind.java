package io.tapdeck.provisioner.plan;

import java.util.Map;

/** What a planned port is to Open vSwitch: the {@code type} and {@code options} of Interface. */
public sealed interface PortKind {
  /** The type's word in ovs-vswitchd.conf.db(5). */
  String type();

  /** The type's options. */
  Map<String, String> options();

  /** One end of a wire between two bridges. */
  record Patch(String peer) implements PortKind {
    @Override
    public String type() {
      return "patch";
    }

    @Override
    public Map<String, String> options() {
      return Map.of("peer", peer);
    }
  }

  /** A GRE tunnel to another host, whose packets each say their key. */
  record Gre(String remoteIp, String localIp) implements PortKind {
    @Override
    public String type() {
      return "gre";
    }

    @Override
    public Map<String, String> options() {
      return Map.of("key", "flow", "remote_ip", remoteIp, "local_ip", localIp);
    }
  }

  /** A NIC of the host, made by Open vSwitch. */
  record Internal() implements PortKind {
    @Override
    public String type() {
      return "internal";
    }

    @Override
    public Map<String, String> options() {
      return Map.of();
    }
  }

  /** A network device that is there without Open vSwitch. */
  record Device() implements PortKind {
    @Override
    public String type() {
      return "";
    }

    @Override
    public Map<String, String> options() {
      return Map.of();
    }
  }
}
