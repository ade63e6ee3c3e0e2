package io.tapdeck.web.command;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tapdeck tap-flow-list}. */
@Command(name = "tap-flow-list", description = "Lists the mirror sources.")
final class TapFlowList implements Callable<Integer> {
  @Mixin private MirrorAccess access;
  @Mixin private Presentation presentation;
  @Mixin private Listing listing;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  TapFlowList() {}

  @Override
  public Integer call() throws Exception {
    return listing.show(
        access,
        presentation,
        List.of("name", "tap", "source", "direction", "state", "copies", "reason"),
        mirrors -> mirrors.all(Mirrors.Kind.FLOW));
  }
}
