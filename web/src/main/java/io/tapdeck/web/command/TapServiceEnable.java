package io.tapdeck.web.command;

import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tapdeck tap-service-enable}. */
@Command(name = "tap-service-enable", description = "Wants a mirror destination from now on.")
final class TapServiceEnable implements Callable<Integer> {
  @Mixin private MirrorAccess access;
  @Mixin private Settling settling;

  @Parameters(paramLabel = "ID_OR_NAME", description = "The tap service.")
  private String idOrName;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  TapServiceEnable() {}

  @Override
  public Integer call() throws Exception {
    return access.run(mirrors -> {
      UUID id = mirrors.find(Mirrors.Kind.SERVICE, idOrName);
      mirrors.setEnabled(Mirrors.Kind.SERVICE, id, true);
      return settling.awaitActive(mirrors.watched(Mirrors.Kind.SERVICE, id));
    });
  }
}
