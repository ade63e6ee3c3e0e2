package io.tapdeck.web.command;

import io.tapdeck.provisioner.northbound.TapFlows;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tapdeck tap-flow-create}. */
@Command(name = "tap-flow-create", description = "Makes a mirror source, enabled.")
final class TapFlowCreate implements Callable<Integer> {
  @Mixin private MirrorAccess access;
  @Mixin private Presentation presentation;
  @Mixin private Settling settling;
  @Mixin private FlowOptions options;

  @Parameters(paramLabel = "NAME", description = "What to call it.")
  private String name;

  @Option(
      names = "--type",
      paramLabel = "vnic|vswitch",
      required = true,
      description = "What is copied: a guest's NIC, or a host's virtual switch.")
  private String type;

  @Option(
      names = "--tap-id",
      paramLabel = "ID_OR_NAME",
      required = true,
      description = "The tap service that gets the copies.")
  private String tap;

  @Option(
      names = "--guest-id",
      paramLabel = "ID_OR_NAME",
      description = "vnic: the guest that is mirrored.")
  private @Nullable String guest;

  @Option(
      names = "--mac-addr",
      paramLabel = "MAC",
      description = "vnic: which of the guest's NICs, if it has several.")
  private @Nullable String mac;

  @Option(
      names = "--ip-addr",
      paramLabel = "IP",
      description = "vnic: which of the guest's NICs, by its address.")
  private @Nullable String ip;

  @Option(
      names = "--host-id",
      paramLabel = "ID_OR_NAME",
      description = "vswitch: the host whose switch is mirrored.")
  private @Nullable String host;

  @Option(
      names = "--wire-id",
      paramLabel = "WIRE",
      description = "vswitch: the wire that the switch belongs to, see wire-list.")
  private @Nullable String wire;

  @Option(
      names = "--vlan-id",
      paramLabel = "VLAN",
      description = "vswitch: only this VLAN, 0 for what is untagged (else all of the switch).")
  private @Nullable Integer vlan;

  @Option(
      names = "--id",
      paramLabel = "UUID",
      description = "Its id, so that the command can be repeated safely (else a new one).")
  private @Nullable UUID id;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  TapFlowCreate() {}

  @Override
  public Integer call() throws Exception {
    UUID chosen = id == null ? UUID.randomUUID() : id;
    return access.run(mirrors -> {
      mirrors.create(wish(chosen));
      int status = settling.awaitActive(mirrors.watched(Mirrors.Kind.FLOW, chosen));
      presentation.show(mirrors.one(Mirrors.Kind.FLOW, chosen));
      return status;
    });
  }

  private TapFlows.Wish wish(UUID chosen) {
    TapFlows.From from =
        new TapFlows.From(
            Optional.ofNullable(guest),
            Optional.ofNullable(mac),
            Optional.ofNullable(ip),
            Optional.ofNullable(host),
            Optional.ofNullable(wire),
            Optional.ofNullable(vlan));
    return new TapFlows.Wish(chosen, name, type, tap, from, options.settings());
  }
}
