package io.tapdeck.web.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A copy that gives up when nothing has come for some time.
 *
 * @param patience with a sender that sends nothing
 */
record WatchedCopy(InputStream from, OutputStream to, Duration patience) {
  private static final int PIECE = 256 << 10;

  /**
   * Copies to the end.
   *
   * @return bytes copied
   */
  long run() throws IOException, InterruptedException {
    AtomicLong copied = new AtomicLong();
    Thread watch = Thread.ofVirtual().start(() -> watch(copied));
    try {
      byte[] piece = new byte[PIECE];
      for (int count = from.read(piece); count >= 0; count = from.read(piece)) {
        to.write(piece, 0, count);
        copied.addAndGet(count);
      }
      return copied.get();
    } finally {
      watch.interrupt();
      watch.join();
    }
  }

  /** Closes the source if it is silent, so that a read of it fails. */
  private void watch(AtomicLong copied) {
    try {
      for (long before = -1; copied.get() != before; ) {
        before = copied.get();
        Thread.sleep(patience);
      }
      from.close();
    } catch (InterruptedException done) {
      Thread.currentThread().interrupt();
    } catch (IOException closed) {
      // Then there is nothing to be read from it either.
    }
  }
}
