package io.tapdeck.provisioner.agent;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which of our changes packets follow by now: the datapath keeps earlier decisions until
 * ovs-vswitchd has looked at each of them again, which takes up to half a second. It is waited for
 * beside the agent's work, so that a change that is wanted meanwhile is made meanwhile.
 */
final class Revalidation {
  private static final Logger LOG = LoggerFactory.getLogger(Revalidation.class);

  /** The number of the last change; the first may be that of an agent before this one. */
  private long changes = 1;

  private long followed;
  private boolean isAwaited;

  /** Something was changed. */
  synchronized void change() {
    changes++;
  }

  /** The number of the last change. */
  synchronized long changes() {
    return changes;
  }

  /** The number of the last change that packets follow. */
  synchronized long followed() {
    return followed;
  }

  /**
   * Sees to it that the last change is followed, if it is not yet.
   *
   * @param progress called when more of them are
   */
  synchronized void pursue(OpenVswitch ovs, Runnable progress) {
    if (isAwaited || followed == changes) {
      return;
    }
    isAwaited = true;
    long number = changes;
    var _ = Thread.ofVirtual().name("revalidation").start(() -> await(number, ovs, progress));
  }

  private void await(long number, OpenVswitch ovs, Runnable progress) {
    boolean done = false;
    try {
      ovs.awaitRevalidation();
      done = true;
    } catch (IOException gone) {
      // The next round asks again.
      LOG.debug("revalidation: {}", gone.getMessage());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } finally {
      synchronized (this) {
        isAwaited = false;
        followed = done ? number : followed;
      }
    }
    if (done) {
      progress.run();
    }
  }
}
