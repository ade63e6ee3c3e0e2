package io.tapdeck.web.http;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who hears an event stream, and the thread that tells them. They may as long as their credential
 * makes them who they were at the beginning, of the same role: what takes it from them in this
 * process ends the stream at once ({@link #askAgain}), what ends by itself, as by expiry, no later
 * than {@link #TRUST} after that.
 */
final class Hearer {
  static final Duration TRUST = Duration.ofSeconds(5);

  private final Callers callers;
  private final @Nullable Credential credential;
  private final Optional<Caller> known;
  private final LongSupplier nanos;
  private final Thread thread = Thread.currentThread();
  private boolean asked;
  private long askedAt;
  private volatile boolean ended;
  private boolean released;

  /** Of the thread that calls. Nobody hears anything without a credential. */
  Hearer(
      Callers callers,
      @Nullable Credential credential,
      @Nullable Caller caller,
      LongSupplier nanos) {
    this.callers = callers;
    this.credential = credential;
    this.known = Optional.ofNullable(caller);
    this.nanos = nanos;
  }

  /** Whether they may be told something now. For the thread that tells them alone. */
  boolean mayHear() {
    long now = nanos.getAsLong();
    if (!ended && (!asked || now - askedAt > TRUST.toNanos())) {
      asked = true;
      askedAt = now;
      if (!holds()) {
        ended = true;
      }
    }
    return !ended;
  }

  private boolean holds() {
    return credential != null && known.isPresent() && callers.peek(credential).equals(known);
  }

  /** Ends it unless they still may, or if that cannot be found out. */
  void askAgain() {
    boolean holds;
    try {
      holds = holds();
    } catch (RuntimeException unknown) {
      holds = false;
    }
    if (!holds) {
      end();
    }
  }

  /** Nothing more is told, and the thread is woken. */
  synchronized void end() {
    ended = true;
    if (!released) {
      thread.interrupt();
    }
  }

  /** The thread goes on to something else. */
  synchronized void release() {
    released = true;
  }
}
