package io.tapdeck.web.command;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tapdeck tap-service-list}. */
@Command(name = "tap-service-list", description = "Lists the mirror destinations.")
final class TapServiceList implements Callable<Integer> {
  @Mixin private MirrorAccess access;
  @Mixin private Presentation presentation;
  @Mixin private Listing listing;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  TapServiceList() {}

  @Override
  public Integer call() throws Exception {
    return listing.show(
        access,
        presentation,
        List.of("name", "type", "target", "host", "nic", "state", "copies", "reason"),
        mirrors -> mirrors.all(Mirrors.Kind.SERVICE));
  }
}
