package io.tapdeck.web.command;

import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.TapService;
import io.tapdeck.web.mirror.MirrorFields;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tapdeck tap-service-list}. */
@Command(name = "tap-service-list", description = "Lists the mirror destinations.")
final class TapServiceList implements Callable<Integer> {
  @Mixin private NorthboundAccess access;
  @Mixin private Presentation presentation;
  @Mixin private Listing listing;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  TapServiceList() {}

  @Override
  public Integer call() throws Exception {
    return listing.show(
        access,
        presentation,
        List.of("name", "type", "target", "host", "nic", "state", "reason"),
        northbound -> {
          MirrorView view = northbound.view();
          Set<String> away = northbound.hostsWithoutAgent();
          return view.services().stream()
              .sorted(Comparator.comparing(TapService::name))
              .map(service -> MirrorFields.of(service, view, away))
              .toList();
        });
  }
}
