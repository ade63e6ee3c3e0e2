package io.tapdeck.web.command;

import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tapdeck tap-flow-disable}. */
@Command(name = "tap-flow-disable", description = "Wants a mirror source no longer, but keeps it.")
final class TapFlowDisable implements Callable<Integer> {
  @Mixin private MirrorAccess access;
  @Mixin private Settling settling;

  @Parameters(paramLabel = "ID_OR_NAME", description = "The tap flow.")
  private String idOrName;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  TapFlowDisable() {}

  @Override
  public Integer call() throws Exception {
    return access.run(mirrors -> {
      UUID id = mirrors.find(Mirrors.Kind.FLOW, idOrName);
      mirrors.setEnabled(Mirrors.Kind.FLOW, id, false);
      return settling.await(mirrors.watched(Mirrors.Kind.FLOW, id));
    });
  }
}
