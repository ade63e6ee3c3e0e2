package io.tapdeck.provisioner.agent;

import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;

/** Logs a trouble when it begins or changes, not each time that it is met again. */
final class Troubles {
  private final Logger log;
  private final Map<String, String> known = new HashMap<>();

  Troubles(Logger log) {
    this.log = log;
  }

  /** This is in trouble, for this reason. */
  void met(String what, String reason) {
    if (!reason.equals(known.put(what, reason))) {
      log.warn("{}: {}", what, reason);
    }
  }

  /** This is in no trouble now. */
  void over(String what) {
    if (known.remove(what) != null) {
      log.info("{}: all right again", what);
    }
  }
}
