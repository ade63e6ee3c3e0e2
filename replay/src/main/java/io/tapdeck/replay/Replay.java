package io.tapdeck.replay;

import io.tapdeck.capture.netif.NetworkInterface;
import io.tapdeck.capture.os.Errno;
import io.tapdeck.capture.os.NetworkNamespace;
import io.tapdeck.capture.os.OsException;
import io.tapdeck.replay.Performance.Way;
import io.tapdeck.replay.input.CaptureInput;
import io.tapdeck.replay.input.FrameSource;
import io.tapdeck.replay.input.InputRefusedException;
import io.tapdeck.replay.os.Backend;
import io.tapdeck.replay.os.InterfaceLink;
import io.tapdeck.replay.os.TargetInterface;
import io.tapdeck.replay.os.ThreadPriority;
import io.tapdeck.replay.pace.Clock;
import io.tapdeck.replay.pace.Pace;
import io.tapdeck.replay.pace.StopFlag;
import io.tapdeck.replay.pace.SystemClock;
import io.tapdeck.replay.pace.VirtualClock;
import io.tapdeck.replay.proof.Receiver;
import io.tapdeck.replay.proof.Verification;
import io.tapdeck.replay.rewrite.FrameRewriter;
import io.tapdeck.replay.rewrite.HeaderRewriter;
import io.tapdeck.replay.rewrite.SideSplit;
import io.tapdeck.replay.rewrite.Sides;
import io.tapdeck.replay.transmit.FrameWitness;
import io.tapdeck.replay.transmit.Oversize;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One run of a replay: checks everything, rehearses, plays, and tells what it came to. {@link
 * #run()} blocks; all other methods are for other threads, and do not wait: what they ask for is
 * done between two frames.
 */
public final class Replay {
  /** Seen to be enough for the compiler, with some to spare. */
  private static final long REHEARSAL_NANOS = 200_000_000;

  /** What a stop may take before a player that reads is interrupted. */
  private static final long PATIENCE_NANOS = 50_000_000;

  private static final long CARRIER_NANOS = 1_500_000_000;
  private static final long CARRIER_LOOK_NANOS = 10_000_000;

  private final ReplaySettings settings;
  private final TargetGuard guard;
  private final Orders orders;
  private volatile @Nullable Performance playing;

  public Replay(ReplaySettings settings, TargetGuard guard) {
    this.settings = settings;
    this.guard = guard;
    this.orders = new Orders(settings.pacing().pace(), settings.pacing().stepping());
  }

  /**
   * Plays. To be called once. The sending is done by a thread of its own.
   *
   * @return also when a file cannot be read to its end, or the interface is lost
   * @throws ReplayRefusedException if it cannot be begun; nothing was sent then
   */
  public ReplaySummary run() {
    try (CaptureInput input = CaptureInput.check(settings.input())) {
      requireRepeatable(input);
      return switch (settings.destination()) {
        case Destination.Interfaces targets -> onThreadOf(targets, () -> play(targets, input));
        case Destination.CaptureFile file -> write(file, input);
        case Destination.Nowhere _ ->
            pretend(
                List.of(new Way("", new NowhereLink(), FrameWitness.NOBODY)),
                Oversize.SKIP,
                Optional.empty(),
                input);
      };
    } catch (InputRefusedException e) {
      throw new ReplayRefusedException(String.valueOf(e.getMessage()), e);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private void requireRepeatable(CaptureInput input) {
    if (!input.isRepeatable() && settings.pacing().passes() != 1) {
      throw new ReplayRefusedException(
          "a pipe can be played once: play it once, or --preload it, or write it to a file first");
    }
  }

  private static ReplaySummary onThreadOf(
      Destination.Interfaces targets, Callable<ReplaySummary> task) throws Exception {
    if (targets.namespace().isPresent()) {
      NetworkNamespace namespace = targets.namespace().get();
      try {
        return namespace.call(task);
      } catch (OsException e) {
        throw noNamespace(namespace, e);
      }
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

  private static ReplayRefusedException noNamespace(NetworkNamespace namespace, OsException e) {
    String name = namespace.name();
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

  /** Ends the replay, before the next frame; {@link #run()} returns the summary. */
  public void stop() {
    orders.flag().raise();
    Performance performance = playing;
    if (performance != null) {
      hurryLater(performance);
    }
  }

  private static void hurryLater(Performance performance) {
    Thread.ofVirtual()
        .start(() -> {
          LockSupport.parkNanos(PATIENCE_NANOS);
          performance.hurry();
        });
  }

  /** Sends nothing more until {@link #resume()} or {@link #step}. */
  public void pause() {
    orders.pause();
  }

  /** Goes on where it was paused: the next frame is due after what was left of its gap. */
  public void resume() {
    orders.resume();
  }

  /**
   * Pauses, and sends the next frames at once.
   *
   * @param frames how many, added to what is still to be sent so; at least 1
   */
  public void step(long frames) {
    if (frames < 1) {
      throw new IllegalArgumentException("step by at least one frame, not " + frames);
    }
    orders.step(frames);
  }

  /** Goes on at another pace: the present gap is the first that is played so. */
  public void play(Pace pace) {
    orders.play(pace);
    mark();
  }

  /** Goes on faster or slower; see {@link Pace#scaled}. */
  public Pace scale(int numerator, int denominator) {
    Pace scaled = orders.scale(numerator, denominator);
    mark();
    return scaled;
  }

  private void mark() {
    Performance performance = playing;
    if (performance != null) {
      performance.markPaceChange();
    }
  }

  /** How far it is. */
  public ReplayProgress progress() {
    Performance performance = playing;
    return performance == null
        ? Performance.notBegun(orders, settings.pacing())
        : performance.progress();
  }

  private ReplaySummary play(Destination.Interfaces targets, CaptureInput input) {
    Backend.Opened client = open(targets.client(), targets);
    try (InterfaceLink first = client.link()) {
      requireUsable(first, targets);
      if (targets.server().isEmpty()) {
        return play(List.of(client), targets.sending(), input);
      }
      Backend.Opened server = open(targets.server().get(), targets);
      try (InterfaceLink second = server.link()) {
        requireUsable(second, targets);
        if (second.target().index() == first.target().index()) {
          throw new ReplayRefusedException(
              "clients and servers are to be at two interfaces, and both names are those of "
                  + first.target().name());
        }
        return play(List.of(client, server), targets.sending(), input);
      }
    }
  }

  private ReplaySummary play(List<Backend.Opened> opened, Sending sending, CaptureInput input) {
    List<InterfaceLink> links = opened.stream().map(Backend.Opened::link).toList();
    FutureTask<Optional<String>> objection = new FutureTask<>(() -> objection(links));
    // A thread begins in the namespace of the one that starts it. A rehearsal sends nothing.
    Thread.ofPlatform().name("guard").daemon().start(objection);
    if (sending.pretended()) {
      refuseIf(objection);
      links.forEach(link -> link.setRehearsing(true));
      List<Way> ways = ways(links, List.of(), Verification::witness);
      return pretend(ways, sending.oversize(), Optional.of(opened), input);
    }
    List<Verification> verifications = new ArrayList<>();
    try {
      for (int i = 0; sending.verify() && i < links.size(); i++) {
        verifications.add(verification(links.get(i), i, sending.receivers()));
      }
      rehearse(ways(links, verifications, Verification::rehearsalWitness), links, input);
      refuseIf(objection);
      // Not before: the compiler needs the processor during the rehearsal.
      ThreadPriority.raise();
      Performance performance =
          performance(
              input.open(),
              ways(links, verifications, Verification::witness),
              sending.oversize(),
              SystemClock.real(),
              orders);
      List<String> troubles = perform(performance, (timestamp, deadline) -> {});
      performance.checkLinks();
      return performance.summary(
          troubles, Optional.of(opened), performance.verdicts(verifications));
    } finally {
      verifications.forEach(Verification::close);
    }
  }

  private Optional<String> objection(List<InterfaceLink> links) {
    return links.stream()
        .map(link -> guard.objection(link.target().name()))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static void refuseIf(FutureTask<Optional<String>> objection) {
    try {
      objection
          .get()
          .ifPresent(sentence -> {
            throw new ReplayRefusedException(sentence);
          });
    } catch (InterruptedException | ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static Verification verification(
      InterfaceLink link, int index, List<Receiver> receivers) {
    Optional<Receiver> receiver =
        index < receivers.size() ? Optional.of(receivers.get(index)) : Optional.empty();
    try {
      return Verification.begin(link.target().name(), receiver);
    } catch (IOException e) {
      throw new ReplayRefusedException(reason(e), e);
    }
  }

  private static List<Way> ways(
      List<InterfaceLink> links,
      List<Verification> verifications,
      Function<Verification, FrameWitness> witness) {
    List<Way> ways = new ArrayList<>();
    for (int i = 0; i < links.size(); i++) {
      InterfaceLink link = links.get(i);
      FrameWitness told =
          verifications.isEmpty() ? FrameWitness.NOBODY : witness.apply(verifications.get(i));
      ways.add(new Way(link.target().name(), link, told));
    }
    return ways;
  }

  /**
   * @param ways one, or the client's and the server's
   */
  private Performance performance(
      FrameSource source, List<Way> ways, Oversize oversize, Clock clock, Orders followed) {
    Optional<SideRule> sides =
        settings.sides() instanceof SideSplit.None
            ? Optional.empty()
            : Optional.of(new Sides(settings.sides())::of);
    Optional<FrameRewriter> rewriter =
        settings.rewriting().changesAnything()
            ? Optional.of(new HeaderRewriter(settings.rewriting()))
            : Optional.empty();
    return new Performance(
        source,
        sides,
        rewriter,
        settings.pacing(),
        oversize,
        ways.getFirst(),
        ways.getLast(),
        clock,
        followed);
  }

  /** Plays, and says what went wrong. */
  private List<String> perform(Performance performance, Performance.Beginning beginning) {
    orders.flag().wakes(Thread.currentThread());
    playing = performance;
    if (orders.flag().raised()) {
      // It may have been asked for before there was anything to be hurried.
      hurryLater(performance);
    }
    try (performance) {
      performance.play(beginning);
      return List.of();
    } catch (IOException e) {
      return List.of("reading failed: " + (e.getMessage() == null ? e.toString() : e.getMessage()));
    }
  }

  private Backend.Opened open(String name, Destination.Interfaces targets) {
    boolean topSpeed = !settings.pacing().timetable().hasDeadlines();
    try {
      return targets.sending().backend().open(name, topSpeed);
    } catch (OsException e) {
      String where = targets.namespace().map(n -> " in network namespace " + n.name()).orElse("");
      throw new ReplayRefusedException(
          e.lacksPrivilege()
              ? "sending frames needs CAP_NET_RAW; run it as root"
              : e.errno() == Errno.ENODEV
                  ? "there is no interface "
                      + name
                      + where
                      + "; '"
                      + ip(targets)
                      + " link' shows those that there are"
                  : "cannot send to " + name + where + ": " + e.getMessage(),
          e);
    }
  }

  /** The command for its interfaces, as it is typed. */
  private static String ip(Destination.Interfaces targets) {
    return targets.namespace().map(namespace -> "ip -n " + namespace.name()).orElse("ip");
  }

  private static void requireUsable(InterfaceLink link, Destination.Interfaces targets) {
    TargetInterface target = link.target();
    String name = target.name();
    if (!target.isEthernet()) {
      throw new ReplayRefusedException(
          name + " is not an Ethernet interface; only to these can be played");
    }
    if (!target.up()) {
      throw new ReplayRefusedException(
          "%s is down; '%s link set %s up' sets it up".formatted(name, ip(targets), name));
    }
    NetworkInterface nic = new NetworkInterface(name);
    // The flag follows the carrier by up to a second.
    long end = System.nanoTime() + CARRIER_NANOS;
    while (!link.isRunning() && nic.hasCarrier() && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(CARRIER_LOOK_NANOS);
    }
    if (!link.isRunning() || nic.lacksCarrier()) {
      throw new ReplayRefusedException(
          name + " has no carrier, all frames would be lost; connect its other end");
    }
  }

  /**
   * Plays without sending until the JVM has compiled the whole way of a frame, so that the first
   * frames of the replay are as punctual as the later ones.
   */
  private void rehearse(List<Way> ways, List<InterfaceLink> links, CaptureInput input) {
    Orders rehearsal = new Orders(settings.pacing().pace(), false);
    StopFlag over = rehearsal.flag();
    AtomicReference<@Nullable Performance> rehearsing = new AtomicReference<>();
    Thread.ofVirtual()
        .start(() -> {
          LockSupport.parkNanos(REHEARSAL_NANOS);
          over.raise();
          LockSupport.parkNanos(PATIENCE_NANOS);
          Performance slow = rehearsing.get();
          if (slow != null) {
            slow.hurry();
          }
        });
    SystemClock clock = SystemClock.leaping();
    links.forEach(link -> link.setRehearsing(true));
    boolean anySent = true;
    while (anySent && !over.raised() && !orders.flag().raised()) {
      FrameSource frames = input.isRepeatable() ? input.open() : new RehearsalFrames();
      try (Performance performance = performance(frames, ways, Oversize.SKIP, clock, rehearsal)) {
        rehearsing.set(performance);
        performance.recordErrorsOfAllSizes();
        performance.play((timestamp, deadline) -> {});
        anySent = performance.anySent();
      } catch (IOException e) {
        // The replay itself will meet it too, and tell.
        anySent = false;
      }
    }
    rehearsing.set(null);
    links.forEach(link -> link.setRehearsing(false));
  }

  /** Goes through all of it, and sends nothing. */
  private ReplaySummary pretend(
      List<Way> ways,
      Oversize oversize,
      Optional<List<Backend.Opened>> opened,
      CaptureInput input) {
    Performance performance = performance(input.open(), ways, oversize, new VirtualClock(), orders);
    List<String> troubles = perform(performance, (timestamp, deadline) -> {});
    return performance.summary(troubles, opened, List.of());
  }

  private ReplaySummary write(Destination.CaptureFile file, CaptureInput input) {
    String name = file.path().toString();
    VirtualClock clock = new VirtualClock();
    try (CaptureFileLink link = new CaptureFileLink(file.path(), file.overwrite(), clock)) {
      List<Way> ways = List.of(new Way(name, link, FrameWitness.NOBODY));
      Performance performance = performance(input.open(), ways, Oversize.SKIP, clock, orders);
      List<String> troubles = new ArrayList<>();
      try {
        troubles.addAll(perform(performance, link::set));
        link.publish();
      } catch (UncheckedIOException | IOException failed) {
        troubles.add(name + " could not be written to its end and is not kept: " + reason(failed));
      }
      return performance.summary(troubles, Optional.empty(), List.of());
    } catch (FileAlreadyExistsException there) {
      throw new ReplayRefusedException(
          name + " is there already; choose another name, or say --force", there);
    } catch (IOException unwritable) {
      throw new ReplayRefusedException(
          "cannot write " + name + ": " + reason(unwritable), unwritable);
    }
  }

  private static String reason(Exception failed) {
    return switch (failed) {
      case UncheckedIOException wrapped when wrapped.getCause() != null ->
          reason(wrapped.getCause());
      case NoSuchFileException _ -> "there is no such directory";
      case FileAlreadyExistsException _ -> "there is such a file by now";
      case FileSystemException file when file.getReason() != null -> file.getReason();
      default -> failed.getMessage() == null ? failed.toString() : failed.getMessage();
    };
  }
}
