package io.tapdeck.web.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tapdeck tap-flow-show}. */
@Command(name = "tap-flow-show", description = "Shows a mirror source.")
final class TapFlowShow implements Callable<Integer> {
  @Mixin private MirrorAccess access;
  @Mixin private Presentation presentation;

  @Parameters(paramLabel = "ID_OR_NAME", description = "The tap flow.")
  private String idOrName;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  TapFlowShow() {}

  @Override
  public Integer call() throws Exception {
    return access.run(mirrors -> {
      presentation.show(mirrors.one(Mirrors.Kind.FLOW, mirrors.find(Mirrors.Kind.FLOW, idOrName)));
      return ExitStatus.DONE;
    });
  }
}
