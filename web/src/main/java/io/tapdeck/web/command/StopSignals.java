package io.tapdeck.web.command;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * While open, SIGINT and SIGTERM (and SIGHUP) ask the running command to come to its end, and the
 * process ends with the command's own status once it has, not with the signal's.
 *
 * <p>The JVM answers these signals by running shutdown hooks; here one waits for the command.
 */
final class StopSignals implements AutoCloseable {
  private final CountDownLatch ended = new CountDownLatch(1);

  /** Milliseconds that a command may take to end which has done nothing so far. */
  private static final long PATIENCE_MILLIS = 3_000;

  private final AtomicInteger status = new AtomicInteger(ExitStatus.INCOMPLETE);
  private final Thread hook;

  /**
   * @param stop asks the command to end soon; called by another thread
   */
  StopSignals(Runnable stop) {
    this(stop, () -> true);
  }

  /**
   * @param stop asks the command to end soon; called by another thread
   * @param hasBegun whether it has done anything: else it may be stuck, in opening a pipe that
   *     nobody writes to, and is not waited for
   */
  StopSignals(Runnable stop, BooleanSupplier hasBegun) {
    hook = Thread.ofPlatform().name("stop-signals").unstarted(() -> endCommand(stop, hasBegun));
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

  private void endCommand(Runnable stop, BooleanSupplier hasBegun) {
    try {
      stop.run();
      boolean inOrder = ended.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      if (!inOrder && hasBegun.getAsBoolean()) {
        ended.await();
      } else if (!inOrder) {
        System.err.println("tapdeck: ended before it had begun");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      // A command that was not asked to end need not come to its end.
      System.err.println("tapdeck: ended at once, the command could not be asked to: " + e);
    }
    Runtime.getRuntime().halt(status.get());
  }
}
