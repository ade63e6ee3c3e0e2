package io.tapdeck.replay;

import io.tapdeck.capture.os.Errno;
import io.tapdeck.replay.ReplaySummary.TimingErrorSummary;
import io.tapdeck.replay.input.FrameSource;
import io.tapdeck.replay.os.Backend;
import io.tapdeck.replay.pace.Clock;
import io.tapdeck.replay.pace.TimingErrors;
import io.tapdeck.replay.proof.Verdict;
import io.tapdeck.replay.proof.Verification;
import io.tapdeck.replay.rewrite.FrameRewriter;
import io.tapdeck.replay.transmit.BatchSender;
import io.tapdeck.replay.transmit.FrameLink;
import io.tapdeck.replay.transmit.FrameWitness;
import io.tapdeck.replay.transmit.Oversize;
import io.tapdeck.replay.transmit.Tally;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A player with what it plays from and to: played once, by one thread, while others may watch its
 * {@link #progress()}.
 */
final class Performance implements Closeable {
  /** A second: later than frames are. */
  private static final long MANY_NANOS = 1_000_000_000;

  private static final double MEDIAN = 0.5;
  private static final double PERCENTILE_99 = 0.99;

  /** The bound of the histogram's first bucket, in nanoseconds: about a microsecond. */
  private static final long FIRST_BUCKET = 1 << 10;

  /** Of all that is to be read: what comes of less is no forecast. */
  private static final double LEAST_SHARE = 1e-6;

  private final FrameSource source;
  private final Pacing pacing;
  private final Clock clock;
  private final Orders orders;
  private final TimingErrors timingErrors = new TimingErrors();

  /** One, or two: the client's, then the server's. */
  private final List<Outlet> outlets;

  private final Player player;
  private volatile Mark mark = new Mark(0, 0, 0);

  /** Which plays, while it does; belongs to this object's monitor. */
  private @Nullable Thread thread;

  /** A link, what it is called, and who is told of what it takes. */
  record Way(String name, FrameLink link, FrameWitness witness) {}

  /** From where the present pace counts: what was played by then, and the share of all read. */
  private record Mark(long playedNanos, long passes, double share) {}

  /** Told of the first frame: when it was captured, and when it is due by the clock. */
  interface Beginning {
    void at(long timestampNanos, long deadline);
  }

  /**
   * @param source closed with this
   * @param server the client's where there is only one
   */
  Performance(
      FrameSource source,
      Optional<SideRule> sides,
      Optional<FrameRewriter> rewriter,
      Pacing pacing,
      Oversize oversize,
      Way client,
      Way server,
      Clock clock,
      Orders orders) {
    this.source = source;
    this.pacing = pacing;
    this.clock = clock;
    this.orders = orders;
    Outlet first = outlet(client, oversize);
    Outlet second = server.equals(client) ? first : outlet(server, oversize);
    this.outlets = first == second ? List.of(first) : List.of(first, second);
    this.player =
        new Player(
            source,
            sides,
            rewriter,
            pacing.timetable(),
            first,
            second,
            clock,
            orders,
            pacing.passes());
  }

  private Outlet outlet(Way way, Oversize oversize) {
    Tally tally = new Tally();
    boolean hasDeadlines = pacing.timetable().hasDeadlines();
    BatchSender sender =
        new BatchSender(
            way.link(),
            clock,
            orders.flag(),
            tally,
            timingErrors,
            hasDeadlines,
            oversize,
            way.witness());
    return new Outlet(way.name(), sender, tally);
  }

  /** So that the compiler sees them. */
  void recordErrorsOfAllSizes() {
    for (long late = 1; late < MANY_NANOS; late += late / 8 + 1) {
      timingErrors.record(late);
    }
  }

  /**
   * Plays to the end, or until that is asked for.
   *
   * @throws IOException if a file cannot be read any more
   */
  void play(Beginning beginning) throws IOException {
    enter(Thread.currentThread());
    try {
      playOut(beginning);
    } catch (ClosedByInterruptException hurried) {
      // It was looking for a frame when the end was asked for.
      if (!orders.flag().raised()) {
        throw hurried;
      }
    } finally {
      leave();
    }
  }

  private synchronized void enter(Thread current) {
    thread = current;
  }

  private synchronized void leave() {
    thread = null;
    var _ = Thread.interrupted();
  }

  /**
   * Ends its looking for the next frame, if it does so in a large file, of which nothing is
   * selected. To be called some time after the end was asked for.
   */
  synchronized void hurry() {
    if (thread != null && player.reading() && orders.flag().raised()) {
      thread.interrupt();
    }
  }

  private void playOut(Beginning beginning) throws IOException {
    player.begin();
    if (!player.isDone()) {
      beginning.at(source.timestampNanos(), player.firstDeadline());
    }
    while (!player.isDone() && !orders.flag().raised()) {
      if (player.doWork() == 0) {
        if (player.awaitsOrder()) {
          orders.flag().awaitCall();
        } else {
          clock.waitUntil(player.nextDeadline(), orders.flag());
        }
      }
    }
  }

  /** Looks at whether what was sent last can have been lost. */
  void checkLinks() {
    outlets.forEach(outlet -> outlet.sender().checkLink(clock.nanoTime()));
  }

  /** Whether any frame was sent so far. */
  boolean anySent() {
    return sum(Tally::sent) > 0;
  }

  /**
   * The pace is another from now on, so what is left is reckoned from here. Any thread may tell.
   */
  void markPaceChange() {
    mark = new Mark(player.playedNanos(clock.nanoTime()), player.passesDone(), share().orElse(0));
  }

  /** How far it is. Any thread may ask. */
  ReplayProgress progress() {
    long now = clock.nanoTime();
    long played = player.playedNanos(now);
    boolean waits = player.begun() && !player.paused();
    OptionalDouble share = share();
    // Each is read once, for it goes on meanwhile.
    long filtered = source.filtered();
    long sent = sum(Tally::sent);
    long skipped = sum(Tally::skipped);
    long failed = sum(Tally::failed);
    return new ReplayProgress(
        sent + skipped + failed + filtered,
        sent,
        sum(Tally::sentBytes),
        skipped,
        failed,
        filtered,
        player.begun(),
        Duration.ofNanos(played),
        Duration.ofNanos(waits ? Math.max(0, player.nextDeadline() - now) : 0),
        orders.paused(),
        orders.pace(),
        player.passesDone(),
        pacing.passes(),
        share,
        left(share, played, now),
        merged(Tally::skippedBy),
        merged(tally -> tally.failedBy(Errno::text)),
        timing());
  }

  /** How far one is that has not begun. */
  static ReplayProgress notBegun(Orders orders, Pacing pacing) {
    return new ReplayProgress(
        0,
        0,
        0,
        0,
        0,
        0,
        false,
        Duration.ZERO,
        Duration.ZERO,
        orders.paused(),
        orders.pace(),
        0,
        pacing.passes(),
        OptionalDouble.empty(),
        Optional.empty(),
        Map.of(),
        Map.of(),
        TimingErrorSummary.NONE);
  }

  private OptionalDouble share() {
    long total = source.totalBytes();
    if (total <= 0 || pacing.passes() == 0) {
      return OptionalDouble.empty();
    }
    double ofPass = (double) source.position() / total;
    double share = (player.passesDone() + ofPass) / pacing.passes();
    return OptionalDouble.of(Math.clamp(share, 0.0, 1.0));
  }

  private Optional<Duration> left(OptionalDouble share, long played, long now) {
    Mark from = mark;
    double read = share.orElse(0) - from.share;
    if (read < LEAST_SHARE || played <= from.playedNanos) {
      return Optional.empty();
    }
    // Delays between passes are not what is read, and are known.
    long passes = player.passesDone();
    long delay = pacing.passDelay().map(Duration::toNanos).orElse(0L);
    double present = player.awaitsPass() ? Math.clamp(player.nextDeadline() - now, 0L, delay) : 0;
    double passed = (double) (passes - from.passes) * delay - present;
    double playing = Math.max(0, played - from.playedNanos - passed);
    double delays = (double) Math.max(0, pacing.passes() - 1 - passes) * delay + present;
    double nanos = (1 - share.getAsDouble()) * playing / read + delays;
    return Optional.of(Duration.ofNanos((long) Math.min(nanos, Long.MAX_VALUE)));
  }

  private long sum(ToLongFunction<Tally> count) {
    return outlets.stream().map(Outlet::tally).mapToLong(count).sum();
  }

  /**
   * What it came to, once played.
   *
   * @param troubles what else went wrong
   * @param opened the interfaces; empty if there are none
   */
  ReplaySummary summary(
      List<String> troubles, Optional<List<Backend.Opened>> opened, List<Verdict> verdicts) {
    List<String> all = new ArrayList<>(troubles);
    all.addAll(source.damages());
    for (Outlet outlet : outlets) {
      if (outlet.sender().linkLost()) {
        all.add(lostLink(outlet.name(), outlet.sender().lostWith()));
      }
      outlet
          .sender()
          .refusedLength()
          .ifPresent(length ->
              all.add(
                  "it ended before a frame of %d bytes, which is more than %s takes"
                      .formatted(length, outlet.name())));
    }
    Map<String, Long> sentTo = new TreeMap<>();
    outlets.forEach(outlet -> sentTo.put(outlet.name(), outlet.tally().sent()));
    long filtered = source.filtered();
    return new ReplaySummary(
        outlets.getFirst().name(),
        outlets.size() > 1 ? sentTo : Map.of(),
        orders.flag().raised() && player.hasFramesLeft(),
        player.passesDone(),
        sum(Tally::read) + filtered,
        sum(Tally::sent),
        sum(Tally::sentBytes),
        sum(Tally::sentTruncated),
        sum(Tally::sentCut),
        sum(Tally::skipped),
        merged(Tally::skippedBy),
        sum(Tally::failed),
        merged(tally -> tally.failedBy(Errno::text)),
        filtered,
        nanos(),
        player.pausedNanos(),
        timing(),
        opened.map(List::getFirst).map(Performance::backend),
        verdicts,
        all);
  }

  private TimingErrorSummary timing() {
    return new TimingErrorSummary(
        timingErrors.count(),
        timingErrors.nanosAt(MEDIAN),
        timingErrors.nanosAt(PERCENTILE_99),
        timingErrors.maxNanos(),
        timingErrors.doubling(FIRST_BUCKET));
  }

  private static String backend(Backend.Opened opened) {
    return opened.backend().text() + ": " + opened.reason();
  }

  /** What became of the frames; waits for those that are under way. */
  List<Verdict> verdicts(List<Verification> verifications) {
    List<Verdict> verdicts = new ArrayList<>();
    for (int i = 0; i < verifications.size(); i++) {
      verdicts.add(verifications.get(i).end(outlets.get(i).tally().sent()));
    }
    return verdicts;
  }

  private Map<String, Long> merged(Function<Tally, Map<String, Long>> counts) {
    Map<String, Long> merged = new TreeMap<>();
    for (Outlet outlet : outlets) {
      counts.apply(outlet.tally()).forEach((name, count) -> merged.merge(name, count, Long::sum));
    }
    return merged;
  }

  private long nanos() {
    if (!anySent()) {
      return 0;
    }
    long last =
        outlets.stream()
            .filter(outlet -> outlet.tally().sent() > 0)
            .mapToLong(outlet -> outlet.sender().lastHandOver() - player.firstDeadline())
            .max()
            .orElse(0);
    return Math.max(0, last - player.pausedNanos());
  }

  private static String lostLink(String interfaceName, OptionalInt errno) {
    return errno.isPresent()
        ? interfaceName + " was lost: " + Errno.text(errno.getAsInt())
        : interfaceName + " lost its carrier; of the frames sent last some may have been lost";
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
