package io.tapdeck.web.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapdeck.web.starter.JobOrder;
import io.tapdeck.web.starter.Starter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One replay, and a thread that stays with its player. */
final class ReplayJob {
  private static final Logger LOG = LoggerFactory.getLogger(ReplayJob.class);
  private static final int REFUSED = 2;
  private static final int ADOPTIONS = 3;
  private static final Duration ADOPTION_PAUSE = Duration.ofSeconds(1);

  private final Path directory;
  private final JobFiles files;
  private final DocumentFile<ReplayDocument> file;
  private final Changes changes;

  // All below belongs to this object's monitor.
  private ReplayDocument document;
  private @Nullable JobProcess process;
  private @Nullable Thread thread;
  private @Nullable String refusal;
  private boolean isToStop;

  private ReplayJob(Path directory, ReplayDocument document, Changes changes) {
    this.directory = directory;
    this.document = document;
    this.changes = changes;
    files = new JobFiles(directory, "player");
    file = file(directory);
  }

  private static DocumentFile<ReplayDocument> file(Path directory) {
    return new DocumentFile<>(directory.resolve("job.json"), ReplayDocument.class);
  }

  static ReplayJob create(Path directory, ReplayDocument document, Changes changes) {
    return new ReplayJob(directory, document, changes);
  }

  /**
   * One that an earlier process left; if it was under way, it is found again, or what it came to.
   *
   * @throws IOException if its document makes no sense
   */
  static ReplayJob load(Path directory, Changes changes) throws IOException {
    ReplayDocument document = file(directory).read();
    if (!document.id().toString().equals(directory.getFileName().toString())) {
      throw new IOException("job.json is that of another replay, " + document.id());
    }
    return new ReplayJob(directory, document, changes);
  }

  Path directory() {
    return directory;
  }

  JobFiles files() {
    return files;
  }

  synchronized ReplayDocument document() {
    return document;
  }

  synchronized Optional<String> refusal() {
    return Optional.ofNullable(refusal);
  }

  synchronized void save() throws IOException {
    file.write(document, true);
  }

  private synchronized void change(UnaryOperator<ReplayDocument> to) {
    document = to.apply(document);
    notifyAll();
    changes.tell();
  }

  /** Starts its player, and stays with it. */
  synchronized void start(Starter starter, JobOrder order) throws IOException {
    JobProcess started = JobProcess.follow(starter.start(order), files.socket());
    process = started;
    if (isToStop) {
      started.stop();
    }
    thread = Thread.ofVirtual().name("replay-" + document.id()).start(() -> attend(started));
  }

  /** Finds the player that an earlier process started, if it goes on, or learns how it ended. */
  synchronized void attendAgain() {
    if (!document.state().isOver()) {
      thread = Thread.ofVirtual().name("replay-" + document.id()).start(this::findAndAttend);
    }
  }

  private void findAndAttend() {
    try {
      Optional<JobProcess> found = JobProcess.adopt(files.socket());
      // One that is only slow to answer would go on sending, and nobody could stop it.
      for (int i = 1; found.isEmpty() && i < ADOPTIONS && Files.exists(files.socket()); i++) {
        Thread.sleep(ADOPTION_PAUSE);
        found = JobProcess.adopt(files.socket());
      }
      if (found.isPresent()) {
        synchronized (this) {
          process = found.get();
          isToStop = isToStop || document.state() == ReplayState.STOPPING;
          if (isToStop) {
            found.get().stop();
          }
        }
        attend(found.get());
      } else {
        conclude(OptionalInt.empty(), Optional.empty());
      }
    } catch (InterruptedException letGo) {
      Thread.currentThread().interrupt();
    }
  }

  private void attend(JobProcess player) {
    try {
      JobProcess.End end = player.follow(this::heard);
      conclude(end.status(), end.report());
    } catch (InterruptedException letGo) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void heard(ObjectNode event) {
    ReplayFigures now = ReplayFigures.ofProgress(event);
    if (event.path("event").asText().equals("progress")
        && event.path("begun").asBoolean(now.elapsedSeconds() > 0)) {
      boolean begins = document.startedAt() == null;
      ReplayState standing =
          event.path("paused").asBoolean() ? ReplayState.PAUSED : ReplayState.PLAYING;
      ReplayPace pace = changedPace(event);
      change(known -> {
        ReplayDocument heard = known.heard(Instant.now(), now, pace);
        return heard.state() == ReplayState.STOPPING ? heard : heard.in(standing, "");
      });
      if (begins) {
        trySave();
      }
    }
  }

  /** The pace that a player tells, if it is not what was asked for at first. */
  private @Nullable ReplayPace changedPace(ObjectNode event) {
    JsonNode told = event.get("pace");
    if (told == null) {
      return null;
    }
    try {
      ReplayPace pace =
          new ReplayPace(
              told.has("speed") ? told.get("speed").decimalValue() : null,
              told.has("pps") ? (Long) told.get("pps").longValue() : null,
              told.has("mbps") ? told.get("mbps").decimalValue() : null,
              told.has("topspeed") ? (Boolean) told.get("topspeed").booleanValue() : null);
      return pace.pace().equals(document.request().pace().pace()) ? null : pace;
    } catch (IllegalArgumentException later) {
      return null;
    }
  }

  private void conclude(OptionalInt status, Optional<ObjectNode> said) {
    try {
      Optional<ObjectNode> report = said.isPresent() ? said : files.report();
      String complaint = files.lastComplaint();
      synchronized (this) {
        process = null;
        if (report.isPresent()) {
          concludeInOrder(report.get());
        } else if (status.isPresent()
            && status.getAsInt() == REFUSED
            && document.startedAt() == null) {
          refusal = complaint.isEmpty() ? "the player refused, without saying why" : complaint;
          concludeAs(ReplayState.FAILED, refusal, document.figures(), null);
        } else {
          concludeAs(
              ReplayState.INTERRUPTED,
              "its player was killed" + (complaint.isEmpty() ? "" : ": " + complaint),
              document.figures(),
              null);
        }
        save();
      }
    } catch (IOException unwritable) {
      LOG.warn("replay {}: {}", document().id(), unwritable.toString());
    }
  }

  private void concludeInOrder(ObjectNode report) {
    report.remove("event");
    ReplayFigures last = ReplayFigures.ofReport(report);
    String doubt = doubt(report);
    String troubles =
        String.join("; ", report.path("troubles").valueStream().map(JsonNode::asText).toList());
    if (!troubles.isEmpty()) {
      concludeAs(ReplayState.FAILED, troubles, last, report);
    } else if (report.path("stopped").asBoolean()) {
      concludeAs(ReplayState.STOPPED, doubt, last, report);
    } else if (last.sent() == 0) {
      concludeAs(
          ReplayState.FAILED, "nothing was sent of " + last.read() + " frames", last, report);
    } else if (!doubt.isEmpty()) {
      concludeAs(ReplayState.FAILED, doubt, last, report);
    } else {
      concludeAs(ReplayState.DONE, shortfall(last), last, report);
    }
  }

  /** What speaks against all that was sent having arrived; empty if nothing, or nobody looked. */
  private static String doubt(ObjectNode report) {
    return String.join(
        " ",
        report
            .path("verified")
            .valueStream()
            .filter(verdict -> !verdict.path("proven").asBoolean())
            .flatMap(verdict -> verdict.path("sentences").valueStream())
            .map(JsonNode::asText)
            .toList());
  }

  private static String shortfall(ReplayFigures last) {
    return last.skipped() + last.failed() == 0
        ? ""
        : last.skipped() + " frames were skipped, " + last.failed() + " failed";
  }

  private void concludeAs(
      ReplayState how, String why, ReplayFigures last, @Nullable ObjectNode report) {
    change(known -> known.over(Instant.now(), how, why, last, report));
  }

  /** Ends it, soon. */
  synchronized void stop() throws IOException {
    if (document.state().isOver()) {
      return;
    }
    isToStop = true;
    // Before it is written down: a disk that is full must not keep it going.
    if (process != null) {
      process.stop();
    }
    change(known -> known.in(ReplayState.STOPPING, ""));
    trySave();
  }

  /**
   * Tells its player to do something.
   *
   * @throws JobRefusal if there is no player to be told
   */
  synchronized void order(ObjectNode order) {
    if (document.state().isOver() || document.state() == ReplayState.STOPPING) {
      throw new JobRefusal(JobRefusal.Kind.CONFLICT, "it is over: there is nothing to be changed");
    }
    if (process == null || document.state() == ReplayState.STARTING || !process.order(order)) {
      throw new JobRefusal(
          JobRefusal.Kind.UNAVAILABLE, "its player does not answer now: try again");
    }
  }

  /**
   * Waits until it is paused, or not, or over.
   *
   * @return whether it came to that
   */
  synchronized boolean awaitPaused(boolean paused, Duration timeout) throws InterruptedException {
    return await(
        () -> document.state().isOver() || (document.state() == ReplayState.PAUSED) == paused,
        timeout);
  }

  private void trySave() {
    try {
      save();
    } catch (IOException unwritable) {
      LOG.warn("replay {}: {}", document.id(), unwritable.toString());
    }
  }

  /**
   * Waits until it has begun, or is over.
   *
   * @return whether it came to that
   */
  synchronized boolean awaitBeginning(Duration timeout) throws InterruptedException {
    return await(() -> document.state() != ReplayState.STARTING, timeout);
  }

  /**
   * Waits until it is over.
   *
   * @return whether it came to that
   */
  synchronized boolean awaitEnd(Duration timeout) throws InterruptedException {
    return await(() -> document.state().isOver(), timeout);
  }

  private boolean await(java.util.function.BooleanSupplier wish, Duration timeout)
      throws InterruptedException {
    long end = System.nanoTime() + timeout.toNanos();
    synchronized (this) {
      while (!wish.getAsBoolean()) {
        long left = end - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        wait(left / 1_000_000 + 1);
      }
      return true;
    }
  }

  /** Lets go of it; its player goes on. */
  void letGo() throws InterruptedException {
    Thread attending;
    synchronized (this) {
      attending = thread;
    }
    if (attending != null) {
      attending.interrupt();
      attending.join();
    }
  }
}
