package io.tapdeck.capture.segment;

import io.tapdeck.capture.archive.Compression;
import io.tapdeck.capture.os.ThreadPriority;
import io.tapdeck.capture.os.Uninterrupted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Hashes and compresses the complete segments of a directory, on a thread of its own that gives way
 * to all others: those that are offered, and those that were left undone before, the oldest first.
 *
 * <p>What is left undone when it is closed or killed, or because the disk is full, is done by the
 * next one. It belongs to the process that holds the directory; others may protect, read and remove
 * segments meanwhile.
 */
public final class SegmentArchiver implements AutoCloseable {
  /** So many segments are known to wait; more are looked for in the directory. */
  private static final int MOST_WAITING = 1024;

  /** How soon what there was no room for is tried again. */
  private static final Duration RETRY = Duration.ofMinutes(1);

  private final Path directory;
  private final ArchiveSettings settings;
  private final BooleanSupplier pressed;
  private final ArchiveListener listener;
  private final Thread thread;

  // Guarded by this.
  private final Deque<SegmentName> waiting = new ArrayDeque<>();
  private boolean lookNeeded = true;
  private boolean working = true;

  private volatile boolean ending;

  // Of the thread.
  private final Set<SegmentName> givenUp = new HashSet<>();
  private final Set<SegmentName> postponed = new HashSet<>();
  private final Set<String> told = new HashSet<>();
  private long postponedAt;

  private SegmentArchiver(
      Path directory, ArchiveSettings settings, BooleanSupplier pressed, ArchiveListener listener) {
    this.directory = directory;
    this.settings = settings;
    this.pressed = pressed;
    this.listener = listener;
    thread = Thread.ofPlatform().name("segment-archiver").daemon().unstarted(this::run);
  }

  /**
   * Starts it, and with it the work on all segments that are there.
   *
   * @param directory held by this process, and recovered
   * @param pressed whether the disk is needed for recording now, so that nothing is read
   */
  public static SegmentArchiver start(
      Path directory, ArchiveSettings settings, BooleanSupplier pressed, ArchiveListener listener) {
    SegmentArchiver archiver = new SegmentArchiver(directory, settings, pressed, listener);
    archiver.thread.start();
    return archiver;
  }

  /** A segment is complete, with its sidecar. Does not wait; any thread may call it. */
  public synchronized void offer(Sidecar published) {
    Optional<SegmentName> name = SegmentName.parse(published.file());
    if (name.isEmpty()) {
      return;
    }
    if (waiting.size() < MOST_WAITING) {
      waiting.add(name.get());
    } else {
      lookNeeded = true;
    }
    notifyAll();
  }

  /**
   * Waits until all that can be done now is done.
   *
   * @return false if it took longer than that
   */
  public synchronized boolean awaitIdle(Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (working || lookNeeded || !waiting.isEmpty()) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  /** Ends it within moments; a segment that is being worked on stays as it was. */
  @Override
  public void close() {
    ending = true;
    synchronized (this) {
      notifyAll();
    }
    Uninterrupted.join(thread);
  }

  private void run() {
    boolean _ = ThreadPriority.giveWay();
    try (Archival archival = new Archival(directory, settings, pressed, () -> ending)) {
      while (awaitWork()) {
        work(archival);
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error failed) {
      tell("segments are neither hashed nor compressed any more: " + failed);
    } finally {
      done();
    }
  }

  /** Returns false once it is to end. */
  private synchronized boolean awaitWork() throws InterruptedException {
    retryIfDue();
    while (!ending && !lookNeeded && waiting.isEmpty()) {
      working = false;
      notifyAll();
      wait(postponed.isEmpty() ? 0 : RETRY.toMillis());
      retryIfDue();
    }
    working = true;
    return !ending;
  }

  private synchronized void retryIfDue() {
    if (!postponed.isEmpty() && System.nanoTime() - postponedAt >= RETRY.toNanos()) {
      postponed.clear();
      lookNeeded = true;
    }
  }

  private void postpone(SegmentName name) {
    if (postponed.isEmpty()) {
      postponedAt = System.nanoTime();
    }
    postponed.add(name);
  }

  private synchronized void done() {
    working = false;
    lookNeeded = false;
    waiting.clear();
    notifyAll();
  }

  private void work(Archival archival) {
    SegmentName next;
    boolean look;
    synchronized (this) {
      next = waiting.poll();
      look = next == null && lookNeeded;
      if (look) {
        lookNeeded = false;
      }
    }
    if (look) {
      look();
    } else if (next != null) {
      archive(archival, next);
    }
  }

  private void archive(Archival archival, SegmentName name) {
    try {
      Archival.Outcome outcome = archival.archive(name);
      outcome.changed().ifPresent(listener::archived);
      outcome.problem().ifPresent(this::tell);
      if (outcome.again()) {
        postpone(name);
      } else if (outcome.problem().isPresent()) {
        givenUp.add(name);
      }
    } catch (IOException failed) {
      postpone(name);
      tell(undone(name, Retention.words(failed)));
    } catch (RuntimeException | Error failed) {
      // One segment that cannot be worked on is not to be the end of it.
      givenUp.add(name);
      tell(undone(name, failed.toString()));
    }
  }

  private static String undone(SegmentName name, String reason) {
    return name.fileName() + " is neither hashed nor compressed: " + reason;
  }

  private void tell(String problem) {
    if (told.add(problem)) {
      listener.notArchived(problem);
    }
  }

  /** Looks in the directory for what is undone, as much as may wait. */
  private void look() {
    List<SegmentName> undone;
    try (Stream<Path> files = Files.list(directory)) {
      undone =
          files
              .flatMap(file -> SegmentName.ofComplete(file.getFileName().toString()).stream())
              .distinct()
              .filter(name -> !givenUp.contains(name) && !postponed.contains(name))
              .sorted(SegmentName.OLDEST_FIRST)
              .filter(this::isUndone)
              .limit(MOST_WAITING)
              .toList();
    } catch (IOException | UncheckedIOException unreadable) {
      tell("cannot look for segments in " + directory + ": " + unreadable.getMessage());
      return;
    }
    synchronized (this) {
      for (SegmentName name : undone) {
        if (!waiting.contains(name)) {
          waiting.add(name);
        }
      }
      lookNeeded |= undone.size() == MOST_WAITING;
    }
  }

  private boolean isUndone(SegmentName name) {
    Path sidecar = name.sidecarIn(directory);
    if (ending || !Files.isRegularFile(sidecar, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    try {
      return SidecarFile.read(sidecar)
          .filter(read -> read.file().equals(name.fileName()))
          .filter(read -> isUndone(settings, read))
          .isPresent();
    } catch (IOException unreadable) {
      return false;
    }
  }

  /** Whether there is something to be done to a segment. */
  static boolean isUndone(ArchiveSettings settings, Sidecar sidecar) {
    boolean toBeCompressed = settings.compression() != Compression.NONE && sidecar.stored() == null;
    return toBeCompressed || (settings.hash() && sidecar.sha256() == null);
  }
}
