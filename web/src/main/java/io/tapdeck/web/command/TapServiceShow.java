package io.tapdeck.web.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tapdeck tap-service-show}. */
@Command(name = "tap-service-show", description = "Shows a mirror destination.")
final class TapServiceShow implements Callable<Integer> {
  @Mixin private MirrorAccess access;
  @Mixin private Presentation presentation;

  @Parameters(paramLabel = "ID_OR_NAME", description = "The tap service.")
  private String idOrName;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  TapServiceShow() {}

  @Override
  public Integer call() throws Exception {
    return access.run(mirrors -> {
      presentation.show(
          mirrors.one(Mirrors.Kind.SERVICE, mirrors.find(Mirrors.Kind.SERVICE, idOrName)));
      return ExitStatus.DONE;
    });
  }
}
