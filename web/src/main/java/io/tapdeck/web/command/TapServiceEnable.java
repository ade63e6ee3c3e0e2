package io.tapdeck.web.command;

import io.tapdeck.provisioner.mirror.TapService;
import io.tapdeck.web.mirror.MirrorFields;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tapdeck tap-service-enable}. */
@Command(name = "tap-service-enable", description = "Wants a mirror destination from now on.")
final class TapServiceEnable implements Callable<Integer> {
  @Mixin private NorthboundAccess access;
  @Mixin private Settling settling;

  @Parameters(paramLabel = "ID_OR_NAME", description = "The tap service.")
  private String idOrName;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  TapServiceEnable() {}

  @Override
  public Integer call() throws Exception {
    return access.run(northbound -> {
      TapService service = northbound.services().find(idOrName);
      northbound.services().setEnabled(service.id(), true);
      return settling.awaitActive(
          northbound,
          (view, away) ->
              MirrorFields.standing(view.service(service.id()).orElse(service), view, away));
    });
  }
}
