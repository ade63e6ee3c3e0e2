package io.tapdeck.web.http;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/**
 * Takes what a client still sends of a body that was refused: it would not hear why if the
 * connection were closed on it.
 */
final class Linger {
  private static final Duration LONGEST = Duration.ofSeconds(30);
  private static final int PIECE = 64 << 10;

  private Linger() {}

  /** Reads to the end, or until that has taken long enough. */
  static void on(InputStream input) {
    long end = System.nanoTime() + LONGEST.toNanos();
    byte[] piece = new byte[PIECE];
    try {
      while (input.read(piece) >= 0 && System.nanoTime() - end < 0) {
        // Of no interest.
      }
    } catch (IOException | RuntimeException gone) {
      // Then nobody waits for it.
    }
  }
}
