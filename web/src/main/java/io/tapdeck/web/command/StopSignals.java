package io.tapdeck.web.command;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * While open, SIGINT and SIGTERM (and SIGHUP) ask the running command to come to its end, and the
 * process ends with the command's own status once it has, not with the signal's.
 *
 * <p>The JVM answers these signals by running shutdown hooks; here one waits for the command.
 */
final class StopSignals implements AutoCloseable {
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicInteger status = new AtomicInteger(ExitStatus.INCOMPLETE);
  private final Thread hook;

  /**
   * @param stop asks the command to end soon; called by another thread
   */
  StopSignals(Runnable stop) {
    hook = Thread.ofPlatform().name("stop-signals").unstarted(() -> endCommand(stop));
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Tells that all is done and flushed; returns {@code exitStatus}. */
  int end(int exitStatus) {
    status.set(exitStatus);
    return exitStatus;
  }

  @Override
  public void close() {
    ended.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // A signal came: the hook is running, and ends the process with the status.
      return;
    }
  }

  private void endCommand(Runnable stop) {
    try {
      stop.run();
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      // A command that was not asked to end need not come to its end.
      System.err.println("tapdeck: ended at once, the command could not be asked to: " + e);
    }
    Runtime.getRuntime().halt(status.get());
  }
}
