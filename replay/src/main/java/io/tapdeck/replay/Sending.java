package io.tapdeck.replay;

import io.tapdeck.replay.os.Backend;
import io.tapdeck.replay.proof.Receiver;
import io.tapdeck.replay.transmit.Oversize;
import java.util.List;

/**
 * How frames are handed to interfaces.
 *
 * @param oversize what becomes of those that an interface cannot send
 * @param backend by which way
 * @param verify whether it is looked at what became of them: by the interfaces' own counters
 * @param receivers and by what arrives here: at the first what the first interface sends, at the
 *     second what the second does; there may be fewer
 * @param pretended whether nothing is sent: the interfaces are looked at and refused as otherwise,
 *     and what they would not take is skipped. Takes no time
 */
public record Sending(
    Oversize oversize,
    Backend backend,
    boolean verify,
    List<Receiver> receivers,
    boolean pretended) {
  /** Too long ones are skipped; the backend is chosen; nothing is verified. */
  public static final Sending DEFAULT =
      new Sending(Oversize.SKIP, Backend.AUTO, false, List.of(), false);

  public Sending {
    receivers = List.copyOf(receivers);
    if (!verify && !receivers.isEmpty()) {
      throw new IllegalArgumentException("what arrives is looked at only to verify");
    }
    if (verify && pretended) {
      throw new IllegalArgumentException("what is not sent cannot be verified");
    }
  }
}
