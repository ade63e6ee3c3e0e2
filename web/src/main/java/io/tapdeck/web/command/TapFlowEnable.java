package io.tapdeck.web.command;

import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.web.mirror.MirrorFields;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tapdeck tap-flow-enable}. */
@Command(name = "tap-flow-enable", description = "Wants a mirror source from now on.")
final class TapFlowEnable implements Callable<Integer> {
  @Mixin private NorthboundAccess access;
  @Mixin private Settling settling;

  @Parameters(paramLabel = "ID_OR_NAME", description = "The tap flow.")
  private String idOrName;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  TapFlowEnable() {}

  @Override
  public Integer call() throws Exception {
    return access.run(northbound -> {
      TapFlow flow = northbound.flows().find(idOrName);
      northbound.flows().setEnabled(flow.id(), true);
      return settling.awaitActive(
          northbound,
          (view, away) -> MirrorFields.standing(view.flow(flow.id()).orElse(flow), view, away));
    });
  }
}
