package io.tapdeck.web.command;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tapdeck host-list}. */
@Command(
    name = "host-list",
    description = {
      "Lists the hosts that have had an agent.",
      "AGENT: up, or away: not connected to the northbound; its host keeps copying as it was last"
          + " told."
    })
final class HostList implements Callable<Integer> {
  @Mixin private MirrorAccess access;
  @Mixin private Presentation presentation;
  @Mixin private Listing listing;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  HostList() {}

  @Override
  public Integer call() throws Exception {
    return listing.show(
        access, presentation, List.of("name", "tunnelIp", "agent", "id"), Mirrors::hosts);
  }
}
