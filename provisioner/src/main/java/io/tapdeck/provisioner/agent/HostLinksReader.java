package io.tapdeck.provisioner.agent;

import io.tapdeck.provisioner.process.Command;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Reads the host's devices and routes now and then; starting a program for it costs. */
final class HostLinksReader {
  /** How old what is known may get while there is nothing else to do. */
  private static final Duration FRESH = Duration.ofSeconds(1);

  /** How old it may get at all. */
  private static final Duration STALE = Duration.ofSeconds(3);

  /** How old routes may get while devices and addresses stay the same. */
  private static final Duration ROUTES = Duration.ofSeconds(5);

  private Optional<HostLinks> known = Optional.empty();
  private String addresses = "";
  private String routes = "";
  private long readAt;
  private long routesReadAt;

  /**
   * The devices and routes.
   *
   * @param hurried whether something waits that they may not keep
   * @throws IOException if they cannot be read; what was known stays known
   */
  HostLinks read(boolean hurried) throws IOException, InterruptedException {
    long now = System.nanoTime();
    if (known.isEmpty() || now - readAt >= (hurried ? STALE : FRESH).toNanos()) {
      readAt = now;
      String found = Command.of("ip", "-j", "-d", "addr").demand();
      if (known.isEmpty() || !found.equals(addresses) || now - routesReadAt >= ROUTES.toNanos()) {
        String foundRoutes = Command.of("ip", "-j", "route", "show", "table", "all").demand();
        routesReadAt = now;
        if (known.isEmpty() || !found.equals(addresses) || !foundRoutes.equals(routes)) {
          known = Optional.of(HostLinks.read(found, foundRoutes));
        }
        addresses = found;
        routes = foundRoutes;
      }
    }
    return known.get();
  }

  /** What was known last. */
  Optional<HostLinks> known() {
    return known;
  }
}
