package io.tapdeck.web.command;

import io.tapdeck.provisioner.mirror.Standing;
import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.provisioner.northbound.TapFlows;
import io.tapdeck.web.mirror.MirrorFields;
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
  @Mixin private NorthboundAccess access;
  @Mixin private Presentation presentation;
  @Mixin private Settling settling;

  @Parameters(paramLabel = "NAME", description = "What to call it.")
  private String name;

  @Option(
      names = "--type",
      paramLabel = "vnic",
      required = true,
      description = "What kind of source is copied.")
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
      required = true,
      description = "The guest that is mirrored.")
  private String guest;

  @Option(names = "--mac-addr", paramLabel = "MAC", description = "Which of the guest's NICs.")
  private @Nullable String mac;

  @Option(
      names = "--ip-addr",
      paramLabel = "IP",
      description = "Which of the guest's NICs, by its address.")
  private @Nullable String ip;

  @Option(
      names = "--direction",
      paramLabel = "IN|OUT|BOTH",
      defaultValue = "BOTH",
      description = "What the guest receives, sends, or both (default ${DEFAULT-VALUE}).")
  private String direction;

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
    TapFlows.Wish wish =
        new TapFlows.Wish(
            chosen,
            name,
            type,
            tap,
            guest,
            Optional.ofNullable(mac),
            Optional.ofNullable(ip),
            direction);
    return access.run(northbound -> {
      northbound.flows().create(wish);
      TapFlow flow = northbound.flows().find(chosen.toString());
      int status =
          settling.awaitActive(
              northbound, view -> Standing.of(view.flow(chosen).orElse(flow), view));
      presentation.show(MirrorFields.of(flow, northbound.view()));
      return status;
    });
  }
}
