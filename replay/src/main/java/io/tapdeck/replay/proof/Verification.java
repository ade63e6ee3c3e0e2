package io.tapdeck.replay.proof;

import io.tapdeck.replay.proof.Verdict.Arrivals;
import io.tapdeck.replay.transmit.FrameWitness;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * Watches a replay from before its first frame until its last has arrived. Begun and ended by the
 * thread that sends, which is in the network namespace of the interface.
 */
public final class Verification implements AutoCloseable {
  /** Frames that may be under way, or wait to be compared: 8 MiB, and 20 MiB to find them. */
  private static final int WINDOW = 1 << 20;

  /** Nothing of a rehearsal is kept. */
  private static final int REHEARSAL_WINDOW = 1 << 10;

  /** Nanoseconds that a driver may be behind with its counters. */
  private static final long COUNTERS_PATIENCE = 1_000_000_000;

  private static final long POLL_NANOS = 5_000_000;

  private final String interfaceName;
  private final Optional<InterfaceCounters> before;
  private final SentFrames sent;
  private final Optional<ArrivalWatch> watch;
  private boolean ended;

  private Verification(
      String interfaceName,
      Optional<InterfaceCounters> before,
      SentFrames sent,
      Optional<ArrivalWatch> watch) {
    this.interfaceName = interfaceName;
    this.before = before;
    this.sent = sent;
    this.watch = watch;
  }

  /**
   * Begins to watch.
   *
   * @param interfaceName the interface that frames are handed to, as {@code /sys/class/net} has it
   * @param receiver where they are expected to arrive; empty if only the interface's own counters
   *     are to be looked at
   * @throws IOException if the receiving interface cannot be captured on; the message says why
   */
  public static Verification begin(String interfaceName, Optional<Receiver> receiver)
      throws IOException {
    SentFrames sent = new SentFrames(receiver.isPresent() ? WINDOW : REHEARSAL_WINDOW);
    Optional<ArrivalWatch> watch = Optional.empty();
    if (receiver.isPresent()) {
      watch = Optional.of(ArrivalWatch.begin(receiver.get(), sent));
    }
    return new Verification(interfaceName, read(interfaceName), sent, watch);
  }

  /** Is to be told of the frames; {@link FrameWitness#NOBODY} if there is no receiver. */
  public FrameWitness witness() {
    return watch.isPresent() ? sent : FrameWitness.NOBODY;
  }

  /** For rehearsals: of the same class, and forgets everything. */
  public FrameWitness rehearsalWitness() {
    return watch.isPresent() ? new SentFrames(REHEARSAL_WINDOW) : FrameWitness.NOBODY;
  }

  /**
   * Waits for what is under way, and tells. To be called once; takes up to a second and a half if
   * frames are missing, or a few seconds where many others send to the receiver.
   *
   * @param frames that the kernel accepted
   */
  public Verdict end(long frames) {
    ended = true;
    Optional<InterfaceCounters> transmitted = before.flatMap(one -> settled(one, frames));
    Optional<Arrivals> arrivals = Optional.empty();
    Optional<String> trouble = Optional.empty();
    if (watch.isPresent()) {
      try {
        arrivals = Optional.of(watch.get().end(frames));
      } catch (IOException e) {
        trouble = Optional.of(e.getMessage() == null ? e.toString() : e.getMessage());
      }
    }
    return new Verdict(interfaceName, frames, transmitted, arrivals, trouble);
  }

  /** Ends the watching, if {@link #end} did not. */
  @Override
  public void close() {
    if (!ended) {
      watch.ifPresent(ArrivalWatch::cancel);
    }
  }

  private Optional<InterfaceCounters> settled(InterfaceCounters first, long frames) {
    long until = System.nanoTime() + COUNTERS_PATIENCE;
    Optional<InterfaceCounters> now = read(interfaceName).map(one -> one.since(first));
    while (now.isPresent() && now.get().txPackets() < frames && System.nanoTime() - until < 0) {
      LockSupport.parkNanos(POLL_NANOS);
      now = read(interfaceName).map(one -> one.since(first));
    }
    return now;
  }

  private static Optional<InterfaceCounters> read(String interfaceName) {
    try {
      return Optional.of(InterfaceCounters.read(interfaceName));
    } catch (IOException gone) {
      return Optional.empty();
    }
  }
}
