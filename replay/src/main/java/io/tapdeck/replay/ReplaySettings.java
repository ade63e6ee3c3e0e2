package io.tapdeck.replay;

import io.tapdeck.replay.input.InputSettings;
import io.tapdeck.replay.rewrite.RewriteSettings;
import io.tapdeck.replay.rewrite.SideSplit;

/**
 * What to play where, and how.
 *
 * @param sides how the sides of conversations are told apart, for two interfaces and for what is
 *     rewritten of each
 * @param rewriting how frames are changed
 */
public record ReplaySettings(
    Destination destination,
    InputSettings input,
    Pacing pacing,
    SideSplit sides,
    RewriteSettings rewriting) {
  /**
   * @throws IllegalArgumentException if the settings contradict each other; the message is for
   *     people
   */
  public ReplaySettings {
    if (pacing.passes() == 0 && !(destination instanceof Destination.Interfaces)) {
      throw new IllegalArgumentException(
          "for ever is for an interface only, where time passes: say how often it is to be played");
    }
    if (destination instanceof Destination.Interfaces interfaces
        && interfaces.server().isPresent()
        && sides instanceof SideSplit.None) {
      throw new IllegalArgumentException(
          "with two interfaces say what tells servers from clients: auto, port or addresses");
    }
  }

  /** Everything as it is. */
  public ReplaySettings(Destination destination, InputSettings input, Pacing pacing) {
    this(destination, input, pacing, new SideSplit.None(), RewriteSettings.NONE);
  }
}
