package io.tapdeck.web.command;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tapdeck wire-list}. */
@Command(
    name = "wire-list",
    description = {
      "Lists the wires: layer-2 networks, on each host a bridge.",
      "UPLINKS: the ports that lead out of the host; none if all the traffic stays there."
    })
final class WireList implements Callable<Integer> {
  @Mixin private MirrorAccess access;
  @Mixin private Presentation presentation;
  @Mixin private Listing listing;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  WireList() {}

  @Override
  public Integer call() throws Exception {
    return listing.show(
        access, presentation, List.of("wire", "host", "bridge", "uplinks"), Mirrors::wires);
  }
}
