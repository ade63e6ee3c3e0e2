package io.tapdeck.web.command;

import io.tapdeck.capture.netif.NetworkInterface;
import io.tapdeck.replay.TargetGuard;
import java.util.Optional;

/**
 * Keeps replay off tap NICs, which receive mirrored traffic: what is sent into one would be taken
 * for traffic of the mirrored guest, and be recorded as such.
 */
final class TapNicGuard implements TargetGuard {
  @Override
  public Optional<String> objection(String interfaceName) {
    return new NetworkInterface(interfaceName).isTapNic()
        ? Optional.of(interfaceName + " is the NIC of a mirror")
        : Optional.empty();
  }
}
