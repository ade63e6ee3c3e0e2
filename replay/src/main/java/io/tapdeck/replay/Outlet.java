package io.tapdeck.replay;

import io.tapdeck.replay.transmit.BatchSender;
import io.tapdeck.replay.transmit.Tally;

/** One way out for frames. */
final class Outlet {
  private final String name;
  private final BatchSender sender;
  private final Tally tally;

  /**
   * @param name the interface's, as people know it
   * @param tally filled by the sender, and with what could not be given to it
   */
  Outlet(String name, BatchSender sender, Tally tally) {
    this.name = name;
    this.sender = sender;
    this.tally = tally;
  }

  String name() {
    return name;
  }

  BatchSender sender() {
    return sender;
  }

  Tally tally() {
    return tally;
  }
}
