package io.tapdeck.web.command;

import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.web.mirror.MirrorFields;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tapdeck tap-flow-update}. */
@Command(
    name = "tap-flow-update",
    description = "Changes a mirror source; what is not named stays as it is.")
final class TapFlowUpdate implements Callable<Integer> {
  @Mixin private NorthboundAccess access;
  @Mixin private Presentation presentation;
  @Mixin private Settling settling;
  @Mixin private FlowOptions options;

  @Parameters(paramLabel = "ID_OR_NAME", description = "The tap flow.")
  private String idOrName;

  @Option(names = "--name", paramLabel = "NAME", description = "What to call it from now on.")
  private @Nullable String name;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  TapFlowUpdate() {}

  @Override
  public Integer call() throws Exception {
    return access.run(northbound -> {
      TapFlow before = northbound.flows().find(idOrName);
      northbound.flows().update(before.id(), Optional.ofNullable(name), options.settings());
      TapFlow flow = northbound.flows().find(before.id().toString());
      int status =
          settling.await(
              northbound,
              (view, away) -> MirrorFields.standing(view.flow(flow.id()).orElse(flow), view, away));
      presentation.show(MirrorFields.of(flow, northbound.view(), northbound.hostsWithoutAgent()));
      return status;
    });
  }
}
