package io.tapdeck.web.command;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tapdeck guest-list}. */
@Command(name = "guest-list", description = "Lists the NICs of the guests that are running.")
final class GuestList implements Callable<Integer> {
  @Mixin private MirrorAccess access;
  @Mixin private Presentation presentation;
  @Mixin private Listing listing;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  GuestList() {}

  @Override
  public Integer call() throws Exception {
    return listing.show(
        access,
        presentation,
        List.of("name", "macAddr", "ipAddrs", "host", "bridge", "port", "id"),
        Mirrors::guestNics);
  }
}
