package io.tapdeck.web.command;

import io.tapdeck.provisioner.mirror.TapService;
import io.tapdeck.web.mirror.MirrorFields;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tapdeck tap-service-update}. */
@Command(
    name = "tap-service-update",
    description = "Changes a mirror destination; what is not named stays as it is.")
final class TapServiceUpdate implements Callable<Integer> {
  @Mixin private NorthboundAccess access;
  @Mixin private Presentation presentation;
  @Mixin private Settling settling;

  @Parameters(paramLabel = "ID_OR_NAME", description = "The tap service.")
  private String idOrName;

  @Option(names = "--name", paramLabel = "NAME", description = "What to call it from now on.")
  private @Nullable String name;

  @Option(
      names = "--max-rate",
      paramLabel = "RATE",
      converter = BitRates.class,
      description =
          "The most that a host sends to it, in bits a second, like 500Mbit or 1Gbit; none for no"
              + " limit.")
  private @Nullable Long maxRate;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  TapServiceUpdate() {}

  @Override
  public Integer call() throws Exception {
    return access.run(northbound -> {
      TapService before = northbound.services().find(idOrName);
      northbound
          .services()
          .update(before.id(), Optional.ofNullable(name), Optional.ofNullable(maxRate));
      TapService service = northbound.services().find(before.id().toString());
      int status =
          settling.await(
              northbound,
              (view, away) ->
                  MirrorFields.standing(view.service(service.id()).orElse(service), view, away));
      presentation.show(
          MirrorFields.of(service, northbound.view(), northbound.hostsWithoutAgent()));
      return status;
    });
  }
}
