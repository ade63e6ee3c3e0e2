package io.tapdeck.web.command;

import io.tapdeck.provisioner.mirror.TapService;
import io.tapdeck.web.mirror.MirrorFields;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tapdeck tap-service-show}. */
@Command(name = "tap-service-show", description = "Shows a mirror destination.")
final class TapServiceShow implements Callable<Integer> {
  @Mixin private NorthboundAccess access;
  @Mixin private Presentation presentation;

  @Parameters(paramLabel = "ID_OR_NAME", description = "The tap service.")
  private String idOrName;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  TapServiceShow() {}

  @Override
  public Integer call() throws Exception {
    return access.run(northbound -> {
      TapService service = northbound.services().find(idOrName);
      presentation.show(
          MirrorFields.of(service, northbound.view(), northbound.hostsWithoutAgent()));
      return ExitStatus.DONE;
    });
  }
}
