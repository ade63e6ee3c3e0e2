package io.tapdeck.web.command;

import io.tapdeck.replay.TargetGuard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Keeps replay off tap NICs, which receive mirrored traffic and are marked by their alias: what is
 * sent into one would be taken for traffic of the mirrored guest, and be recorded as such.
 */
final class TapNicGuard implements TargetGuard {
  private static final String MARK = "tapdeck tap-service";

  private final Path interfaces;

  TapNicGuard() {
    this(Path.of("/sys/class/net"));
  }

  /** For tests. */
  TapNicGuard(Path interfaces) {
    this.interfaces = interfaces;
  }

  @Override
  public Optional<String> objection(String interfaceName) {
    String alias;
    try {
      alias = Files.readString(interfaces.resolve(interfaceName).resolve("ifalias")).strip();
    } catch (IOException e) {
      // Without sysfs nobody can have marked it for us to see.
      return Optional.empty();
    }
    return alias.startsWith(MARK)
        ? Optional.of(
            interfaceName + " is the NIC of a mirror (" + alias + "); name another interface")
        : Optional.empty();
  }
}
