package io.tapdeck.web.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tapdeck tap-service-delete}. */
@Command(name = "tap-service-delete", description = "Deletes a mirror destination.")
final class TapServiceDelete implements Callable<Integer> {
  @Mixin private MirrorAccess access;

  @Parameters(paramLabel = "ID_OR_NAME", description = "The tap service.")
  private String idOrName;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  TapServiceDelete() {}

  @Override
  public Integer call() throws Exception {
    return access.run(mirrors -> {
      mirrors.delete(Mirrors.Kind.SERVICE, mirrors.find(Mirrors.Kind.SERVICE, idOrName));
      return ExitStatus.DONE;
    });
  }
}
