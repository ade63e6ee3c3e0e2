package io.tapdeck.web.command;

import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tapdeck tap-service-disable}. */
@Command(
    name = "tap-service-disable",
    description = "Wants a mirror destination no longer, but keeps it.")
final class TapServiceDisable implements Callable<Integer> {
  @Mixin private MirrorAccess access;
  @Mixin private Settling settling;

  @Parameters(paramLabel = "ID_OR_NAME", description = "The tap service.")
  private String idOrName;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  TapServiceDisable() {}

  @Override
  public Integer call() throws Exception {
    return access.run(mirrors -> {
      UUID id = mirrors.find(Mirrors.Kind.SERVICE, idOrName);
      mirrors.setEnabled(Mirrors.Kind.SERVICE, id, false);
      return settling.await(mirrors.watched(Mirrors.Kind.SERVICE, id));
    });
  }
}
