package io.tapdeck.web.command;

import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.web.mirror.MirrorFields;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tapdeck tap-flow-list}. */
@Command(name = "tap-flow-list", description = "Lists the mirror sources.")
final class TapFlowList implements Callable<Integer> {
  @Mixin private NorthboundAccess access;
  @Mixin private Presentation presentation;
  @Mixin private Listing listing;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  TapFlowList() {}

  @Override
  public Integer call() throws Exception {
    return listing.show(
        access,
        presentation,
        List.of("name", "tap", "source", "direction", "state", "reason"),
        northbound -> {
          MirrorView view = northbound.view();
          Set<String> away = northbound.hostsWithoutAgent();
          return view.flows().stream()
              .sorted(Comparator.comparing(TapFlow::name))
              .map(flow -> MirrorFields.of(flow, view, away))
              .toList();
        });
  }
}
