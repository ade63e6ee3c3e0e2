package io.tapdeck.web.command;

import io.tapdeck.replay.TargetGuard;
import java.util.List;
import java.util.Optional;

/** Keeps replay off interfaces where what it sends would be taken for something else. */
final class ReplayGuard implements TargetGuard {
  private static final List<TargetGuard> ALL =
      List.of(new TapNicGuard(), new RecorderGuard(), new MirrorGuard());

  @Override
  public Optional<String> objection(String interfaceName) {
    return ALL.stream()
        .map(guard -> guard.objection(interfaceName))
        .flatMap(Optional::stream)
        .findFirst()
        .map(objection -> objection + "; name another interface, or say --force");
  }
}
