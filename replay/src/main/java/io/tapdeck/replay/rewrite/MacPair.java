package io.tapdeck.replay.rewrite;

import java.util.Optional;

/**
 * An Ethernet address for the frames of each side.
 *
 * @param client what frames of the client side get; empty to leave them as they are
 * @param server the same for the server side
 */
public record MacPair(Optional<MacAddress> client, Optional<MacAddress> server) {
  /** Both sides' frames stay as they are. */
  public static final MacPair NONE = new MacPair(Optional.empty(), Optional.empty());

  /**
   * Reads {@code MAC}, for the frames of both sides, or {@code MAC,MAC}, for the client's and the
   * server's; one of the two may be left out, as in {@code ,MAC}.
   *
   * @throws IllegalArgumentException if it is none; the message is for people
   */
  public static MacPair parse(String text) {
    int comma = text.indexOf(',');
    if (comma < 0) {
      MacAddress both = MacAddress.parse(text);
      return new MacPair(Optional.of(both), Optional.of(both));
    }
    if (text.length() == 1) {
      throw new IllegalArgumentException(
          "',' has no Ethernet address: write one for both sides, or CLIENT,SERVER");
    }
    return new MacPair(one(text.substring(0, comma)), one(text.substring(comma + 1)));
  }

  /** Whether the sides' frames get different ones. */
  boolean differs() {
    return !client.equals(server);
  }

  private static Optional<MacAddress> one(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(MacAddress.parse(text));
  }
}
