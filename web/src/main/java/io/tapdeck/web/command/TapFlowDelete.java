package io.tapdeck.web.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tapdeck tap-flow-delete}. */
@Command(name = "tap-flow-delete", description = "Deletes a mirror source.")
final class TapFlowDelete implements Callable<Integer> {
  @Mixin private MirrorAccess access;

  @Parameters(paramLabel = "ID_OR_NAME", description = "The tap flow.")
  private String idOrName;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  TapFlowDelete() {}

  @Override
  public Integer call() throws Exception {
    return access.run(mirrors -> {
      mirrors.delete(Mirrors.Kind.FLOW, mirrors.find(Mirrors.Kind.FLOW, idOrName));
      return ExitStatus.DONE;
    });
  }
}
