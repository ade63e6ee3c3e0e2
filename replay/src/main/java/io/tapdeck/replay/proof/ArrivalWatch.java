package io.tapdeck.replay.proof;

import io.tapdeck.capture.libpcap.LiveHandle;
import io.tapdeck.capture.libpcap.PcapException;
import io.tapdeck.capture.os.DescriptorWait;
import io.tapdeck.capture.os.NativeBuffer;
import io.tapdeck.capture.os.PacketSocket;
import io.tapdeck.replay.proof.Verdict.Arrivals;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Captures at the receiving interface on a thread of its own, and compares with what was sent while
 * that goes on.
 */
final class ArrivalWatch {
  /** Bytes of the kernel's ring: some hundred thousand short frames. */
  private static final int RING = 64 << 20;

  /** The longest frame there is; libpcap's own limit. */
  private static final int SNAPLEN = 262_144;

  private static final Duration RETIRE = Duration.ofMillis(10);
  private static final long IDLE_NANOS = 10_000_000;

  /** When all has arrived: as long as something may still come twice. */
  private static final long QUIET_WHEN_COMPLETE = 50_000_000;

  /** When something is missing: frames wait in no queue for so long. */
  private static final long QUIET_WHEN_NOT = 500_000_000;

  /** What is read after the last was sent, at most: a full ring takes less. */
  private static final long LONGEST = 5_000_000_000L;

  /**
   * Frames between two looks at the kernel's counters, which wrap; and in a batch without waits.
   */
  private static final int BATCH = 4_096;

  private static final long COUNTERS_NANOS = 500_000_000;

  private final Receiver receiver;
  private final SentFrames sent;
  private final ArrivalLedger ledger;
  private final NativeBuffer frame = new NativeBuffer(SNAPLEN);
  private final ByteBuffer bytes = frame.bytes();
  private final CountDownLatch ready = new CountDownLatch(1);
  private final FutureTask<Arrivals> result;

  /** How many frames were sent in all; negative while that goes on. */
  private volatile long expected = -1;

  private volatile boolean given;

  private long dropped;
  private int droppedBefore;

  private ArrivalWatch(Receiver receiver, SentFrames sent) {
    this.receiver = receiver;
    this.sent = sent;
    this.ledger = new ArrivalLedger(sent);
    Callable<Arrivals> watch = this::watch;
    result =
        new FutureTask<>(
            () -> receiver.namespace().isPresent() ? inNamespace(watch) : watch.call()) {
          // When the result is there, and not before: who waits then asks for it.
          @Override
          protected void done() {
            ready.countDown();
          }
        };
  }

  /**
   * Begins to capture.
   *
   * @return when every frame that arrives from now on is seen
   * @throws IOException if that interface cannot be captured on
   */
  static ArrivalWatch begin(Receiver receiver, SentFrames sent) throws IOException {
    ArrivalWatch watch = new ArrivalWatch(receiver, sent);
    Thread.ofPlatform().name("arrivals").daemon().start(watch.result);
    try {
      watch.ready.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      watch.cancel();
      throw new IOException("interrupted", e);
    }
    if (watch.result.isDone()) {
      try {
        watch.get();
      } catch (IOException e) {
        throw new IOException("cannot capture on " + receiver + ": " + e.getMessage(), e);
      }
    }
    return watch;
  }

  /**
   * Waits for what is under way, and ends.
   *
   * @param frames that were sent
   * @throws IOException if the interface was lost, or capturing failed
   */
  Arrivals end(long frames) throws IOException {
    expected = frames;
    return get();
  }

  /** Ends without a result. */
  void cancel() {
    given = true;
  }

  private Arrivals get() throws IOException {
    try {
      return result.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw new IOException(e.getCause());
    } catch (InterruptedException e) {
      cancel();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private Arrivals inNamespace(Callable<Arrivals> watch) throws Exception {
    return receiver.namespace().orElseThrow().call(watch);
  }

  private Arrivals watch() throws IOException {
    String name = receiver.interfaceName();
    try (LiveHandle handle = LiveHandle.open(name, SNAPLEN, RING, RETIRE);
        DescriptorWait wait = new DescriptorWait(1)) {
      // What this end sends is not what arrives.
      new PacketSocket(handle.descriptor()).ignoreOutgoing();
      wait.watch(0, handle.descriptor());
      InterfaceCounters before = InterfaceCounters.read(name);
      ready.countDown();
      follow(handle, wait);
      readDropped(handle);
      return arrivals(before);
    }
  }

  private void follow(LiveHandle handle, DescriptorWait wait) throws IOException {
    long now = System.nanoTime();
    long quietSince = now;
    long countersRead = now;
    long sending = now;
    while (!given) {
      long known = ledger.arrived() + ledger.duplicates();
      long frames = expected;
      int taken = take(handle);
      now = System.nanoTime();
      if (now - countersRead > COUNTERS_NANOS) {
        readDropped(handle);
        countersRead = now;
      }
      if (frames < 0) {
        sending = now;
      }
      // Others may send there for ever: in the end only what is ours counts.
      if (frames < 0 || ledger.arrived() + ledger.duplicates() > known) {
        quietSince = now;
      }
      boolean all = ledger.arrived() >= frames;
      boolean dry = taken < BATCH;
      boolean quiet = dry && now - quietSince > (all ? QUIET_WHEN_COMPLETE : QUIET_WHEN_NOT);
      if (quiet || now - sending > LONGEST) {
        return;
      }
      if (dry) {
        ledger.nothingThere();
      }
      if (taken == 0) {
        wait.awaitNanos(IDLE_NANOS);
      }
    }
  }

  private int take(LiveHandle handle) throws PcapException {
    int taken = 0;
    while (taken < BATCH && handle.next()) {
      int length = handle.captureLength();
      handle.copyPacket(frame, 0);
      ledger.arrive(Fingerprint.of(bytes, 0, length));
      taken++;
    }
    return taken;
  }

  private void readDropped(LiveHandle handle) throws PcapException {
    handle.readStatistics();
    int now = handle.dropped32();
    dropped += Integer.toUnsignedLong(now - droppedBefore);
    droppedBefore = now;
  }

  private Arrivals arrivals(InterfaceCounters before) {
    Optional<InterfaceCounters> counted;
    try {
      counted = Optional.of(InterfaceCounters.read(receiver.interfaceName()).since(before));
    } catch (IOException gone) {
      counted = Optional.empty();
    }
    long arrived = ledger.arrived();
    return new Arrivals(
        receiver.toString(),
        arrived,
        Math.max(0, expected - arrived),
        ledger.gaps(),
        ledger.outOfOrder(),
        ledger.duplicates(),
        ledger.unrelated(),
        dropped,
        sent.leftOut(),
        counted);
  }
}
