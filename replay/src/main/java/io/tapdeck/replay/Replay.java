package io.tapdeck.replay;

import io.tapdeck.capture.netif.NetworkInterface;
import io.tapdeck.capture.os.Errno;
import io.tapdeck.capture.os.NetworkNamespace;
import io.tapdeck.capture.os.OsException;
import io.tapdeck.capture.pcap.PcapReader;
import io.tapdeck.replay.ReplaySummary.TimingErrorSummary;
import io.tapdeck.replay.os.Backend;
import io.tapdeck.replay.os.InterfaceLink;
import io.tapdeck.replay.os.TargetInterface;
import io.tapdeck.replay.os.ThreadPriority;
import io.tapdeck.replay.pace.Clock;
import io.tapdeck.replay.pace.Schedule;
import io.tapdeck.replay.pace.StopFlag;
import io.tapdeck.replay.pace.SystemClock;
import io.tapdeck.replay.pace.TimingErrors;
import io.tapdeck.replay.transmit.BatchSender;
import io.tapdeck.replay.transmit.FrameLink;
import io.tapdeck.replay.transmit.Tally;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One run of a replay: checks everything, rehearses, plays, and tells what it came to. {@link
 * #run()} blocks; {@link #stop()} and {@link #progress()} are for other threads.
 */
public final class Replay {
  /** Seen to be enough for the compiler, with some to spare. */
  private static final long REHEARSAL_NANOS = 300_000_000;

  /** A second: later than frames are. */
  private static final long MANY_NANOS = 1_000_000_000;

  private static final double MEDIAN = 0.5;
  private static final double PERCENTILE_99 = 0.99;

  private final ReplaySettings settings;
  private final TargetGuard guard;
  private final StopFlag stop = new StopFlag();
  private final Tally tally = new Tally();
  private volatile @Nullable Player playing;

  public Replay(ReplaySettings settings, TargetGuard guard) {
    this.settings = settings;
    this.guard = guard;
  }

  /**
   * Plays. To be called once. The sending is done by a thread of its own.
   *
   * @return also when a file cannot be read to its end, or the interface is lost
   * @throws ReplayRefusedException if it cannot be begun; nothing was sent then
   */
  public ReplaySummary run() {
    ByteBuffer window = ByteBuffer.allocateDirect(PcapReader.WINDOW_LENGTH);
    CaptureSequence.check(settings.files(), window);
    try {
      return onThreadOfItsOwn(() -> play(window));
    } catch (OsException e) {
      throw noNamespace(e);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private ReplaySummary onThreadOfItsOwn(Callable<ReplaySummary> task) throws Exception {
    if (settings.namespace().isPresent()) {
      return settings.namespace().get().call(task);
    }
    FutureTask<ReplaySummary> result = new FutureTask<>(task);
    Thread.ofPlatform().name("replay").daemon().start(result);
    try {
      return result.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    }
  }

  private ReplayRefusedException noNamespace(OsException e) {
    String name = settings.namespace().map(NetworkNamespace::name).orElse("");
    return new ReplayRefusedException(
        switch (e.errno()) {
          case Errno.EPERM, Errno.EACCES ->
              "entering network namespace " + name + " needs CAP_SYS_ADMIN; run it as root";
          case Errno.ENOENT ->
              "there is no network namespace " + name + "; 'ip netns' shows those that there are";
          default -> "cannot enter network namespace " + name + ": " + e.getMessage();
        },
        e);
  }

  /** Ends the replay at once, before the next frame; {@link #run()} returns the summary. */
  public void stop() {
    stop.raise();
  }

  /** How far it is. */
  public ReplayProgress progress() {
    Player player = playing;
    Duration elapsed = Duration.ZERO;
    Duration untilNext = Duration.ZERO;
    if (player != null && player.begun()) {
      long now = System.nanoTime();
      elapsed = Duration.ofNanos(Math.max(0, now - player.anchor()));
      untilNext = Duration.ofNanos(Math.max(0, player.nextDeadline() - now));
    }
    return new ReplayProgress(
        tally.read(),
        tally.sent(),
        tally.sentBytes(),
        tally.skipped(),
        tally.failed(),
        elapsed,
        untilNext);
  }

  private ReplaySummary play(ByteBuffer window) {
    try (InterfaceLink socket = open()) {
      TargetInterface target = socket.target();
      requireUsable(target);
      Optional<String> objection = guard.objection(target.name());
      if (objection.isPresent()) {
        throw new ReplayRefusedException(objection.get());
      }
      rehearse(socket, window);
      // Not before: the compiler needs the processor during the rehearsal.
      ThreadPriority.raise();
      return perform(socket, window);
    }
  }

  private InterfaceLink open() {
    String name = settings.interfaceName();
    try {
      return Backend.AUTO.open(name, !settings.pace().schedule().hasDeadlines()).link();
    } catch (OsException e) {
      String where = settings.namespace().map(n -> " in network namespace " + n.name()).orElse("");
      throw new ReplayRefusedException(
          e.lacksPrivilege()
              ? "sending frames needs CAP_NET_RAW; run it as root"
              : e.errno() == Errno.ENODEV
                  ? "there is no interface "
                      + name
                      + where
                      + "; 'ip link' shows those that there are"
                  : "cannot send to " + name + where + ": " + e.getMessage(),
          e);
    }
  }

  private static void requireUsable(TargetInterface target) {
    String name = target.name();
    if (!target.isEthernet()) {
      throw new ReplayRefusedException(
          name + " is not an Ethernet interface; only to these can be played");
    }
    if (!target.up()) {
      throw new ReplayRefusedException(name + " is down; 'ip link set " + name + " up' sets it up");
    }
    if (!target.running() || new NetworkInterface(name).lacksCarrier()) {
      throw new ReplayRefusedException(
          name + " has no carrier, all frames would be lost; connect its other end");
    }
  }

  /**
   * Plays without sending until the JVM has compiled the whole way of a frame, so that the first
   * frames of the replay are as punctual as the later ones.
   */
  private void rehearse(InterfaceLink socket, ByteBuffer window) {
    StopFlag over = new StopFlag();
    Thread.ofVirtual()
        .start(() -> {
          LockSupport.parkNanos(REHEARSAL_NANOS);
          over.raise();
        });
    SystemClock clock = SystemClock.leaping();
    socket.setRehearsing(true);
    while (!over.raised() && !stop.raised()) {
      Tally rehearsed = new Tally();
      try (Stage stage = new Stage(socket, clock, over, rehearsed, settings, window)) {
        for (long late = 1; late < MANY_NANOS; late += late / 8 + 1) {
          stage.timingErrors.record(late);
        }
        stage.play();
      } catch (IOException e) {
        // The replay itself will meet it too, and tell.
        break;
      }
      if (rehearsed.sent() == 0) {
        break;
      }
    }
    socket.setRehearsing(false);
  }

  private ReplaySummary perform(InterfaceLink socket, ByteBuffer window) {
    List<String> troubles = new ArrayList<>();
    Stage stage = new Stage(socket, SystemClock.real(), stop, tally, settings, window);
    stop.wakes(Thread.currentThread());
    playing = stage.player;
    try (stage) {
      stage.play();
      stage.sender.checkLink(System.nanoTime());
    } catch (IOException e) {
      troubles.add("reading failed: " + (e.getMessage() == null ? e.toString() : e.getMessage()));
    }
    troubles.addAll(stage.sequence.damages());
    if (stage.sender.linkLost()) {
      troubles.add(lostLink(socket.target().name(), stage.sender.lostWith()));
    }
    return summary(socket.target().name(), stage, troubles);
  }

  private static String lostLink(String interfaceName, OptionalInt errno) {
    return errno.isPresent()
        ? interfaceName + " was lost: " + Errno.text(errno.getAsInt())
        : interfaceName + " lost its carrier; of the frames sent last some may have been lost";
  }

  private ReplaySummary summary(String interfaceName, Stage stage, List<String> troubles) {
    TimingErrors errors = stage.timingErrors;
    long nanos = tally.sent() == 0 ? 0 : stage.sender.lastHandOver() - stage.player.anchor();
    return new ReplaySummary(
        interfaceName,
        stop.raised() && stage.player.hasFramesLeft(),
        tally.read(),
        tally.sent(),
        tally.sentBytes(),
        tally.sentTruncated(),
        tally.skipped(),
        tally.skippedBy(),
        tally.failed(),
        tally.failedBy(Errno::text),
        0,
        nanos,
        new TimingErrorSummary(
            errors.count(),
            errors.nanosAt(MEDIAN),
            errors.nanosAt(PERCENTILE_99),
            errors.maxNanos()),
        troubles);
  }

  /** The parts of one performance, put together. */
  private static final class Stage implements Closeable {
    final TimingErrors timingErrors = new TimingErrors();
    final CaptureSequence sequence;
    final BatchSender sender;
    final Player player;
    private final Clock clock;
    private final StopFlag stop;

    Stage(
        FrameLink link,
        Clock clock,
        StopFlag stop,
        Tally tally,
        ReplaySettings settings,
        ByteBuffer window) {
      Schedule schedule = settings.pace().schedule();
      this.clock = clock;
      this.stop = stop;
      sequence = new CaptureSequence(settings.files(), settings.loops(), schedule, window);
      sender = new BatchSender(link, clock, stop, tally, timingErrors, schedule.hasDeadlines());
      player = new Player(sequence, schedule, sender, clock, tally, link.slotLength());
    }

    void play() throws IOException {
      player.begin();
      while (!player.isDone() && !stop.raised()) {
        if (player.doWork() == 0) {
          clock.waitUntil(player.nextDeadline(), stop);
        }
      }
    }

    @Override
    public void close() throws IOException {
      sequence.close();
    }
  }
}
