package io.tapdeck.web.job;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapdeck.capture.segment.SegmentDirectory;
import io.tapdeck.provisioner.northbound.Refusal;
import io.tapdeck.web.mirror.GuestMirror;
import io.tapdeck.web.starter.JobOrder;
import io.tapdeck.web.starter.StartRefusedException;
import io.tapdeck.web.starter.StartedJob;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One recording, and a thread that sees to it: as long as it is wanted there is a recorder at work
 * on it, found or started; what each came to is remembered in its document.
 */
final class RecordingJob {
  private static final Logger LOG = LoggerFactory.getLogger(RecordingJob.class);
  private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  /** How old the figures in the document may become while they change. */
  private static final Duration SAVE = Duration.ofSeconds(2);

  private final RecordingWork work;
  private final Path directory;
  private final JobFiles files;
  private final DocumentFile<RecordingDocument> file;
  private final Samples samples = new Samples();

  // All below belongs to this object's monitor.
  private RecordingDocument document;
  private RecordingState state;
  private String reason;
  private Instant at;
  private long buffered;
  private long savedAt = System.nanoTime();
  private @Nullable JobProcess process;
  private @Nullable Thread thread;
  private @Nullable String firstRefusal;
  private @Nullable RecordingRetention kept;
  private long keepOrderedAt;
  private boolean isNew;

  private RecordingJob(
      RecordingWork work,
      Path directory,
      RecordingDocument document,
      RecordingState state,
      boolean isNew) {
    this.work = work;
    this.directory = directory;
    this.files = new JobFiles(directory, "recorder");
    this.file = file(directory);
    this.document = document;
    this.state = state;
    this.reason = document.course().lastWords();
    this.at = document.createdAt();
    this.isNew = isNew;
  }

  private static DocumentFile<RecordingDocument> file(Path directory) {
    return new DocumentFile<>(directory.resolve("recording.json"), RecordingDocument.class);
  }

  /** One that is new; it is there once it is saved, and goes on once it is seen to. */
  static RecordingJob create(RecordingWork work, Path directory, RecordingDocument document) {
    return new RecordingJob(work, directory, document, RecordingState.STARTING, true);
  }

  /** Writes what is to be known of one that is there once it is loaded. */
  static void write(Path directory, RecordingDocument document) throws IOException {
    file(directory).write(document, true);
  }

  /**
   * One that an earlier process left.
   *
   * @throws IOException if its document makes no sense
   */
  static RecordingJob load(RecordingWork work, Path directory) throws IOException {
    RecordingDocument document = file(directory).read();
    if (!document.id().toString().equals(directory.getFileName().toString())) {
      throw new IOException("recording.json is that of another recording, " + document.id());
    }
    return of(work, directory, document);
  }

  /** One whose document is written, or is about to be moved there. */
  static RecordingJob of(RecordingWork work, Path directory, RecordingDocument document) {
    RecordingState state;
    if (document.course().wanted()) {
      state = RecordingState.STARTING;
    } else {
      state =
          document.course().openRun().isPresent() ? RecordingState.STOPPING : RecordingState.ENDED;
    }
    return new RecordingJob(work, directory, document, state, false);
  }

  Path directory() {
    return directory;
  }

  List<Sample> samples() {
    return samples.all();
  }

  synchronized RecordingDocument document() {
    return document;
  }

  synchronized RecordingView view() {
    Course course = document.course();
    Figures total = course.total();
    RecordingDocument.Source source = document.source();
    return new RecordingView(
        document.id(),
        directory,
        document.request(),
        source.interfaceName() == null ? "" : source.interfaceName(),
        Optional.ofNullable(source.netns()),
        Optional.ofNullable(source.guest())
            .map(guest -> new RecordingView.GuestName(guest.id(), guest.name())),
        Optional.ofNullable(source.mirror())
            .map(mirror -> new RecordingView.MirrorIds(mirror.service(), mirror.flowIds())),
        document.createdAt(),
        document.createdBy(),
        course.runs().stream().findFirst().map(Run::startedAt),
        Optional.ofNullable(course.endedAt()),
        state,
        reason,
        course.interruptions(),
        isRetentionApplied(),
        at,
        total.plus(new Figures(0, 0, buffered, 0, 0, 0, 0)));
  }

  /** Changes the document, here and on the disk. */
  synchronized void change(UnaryOperator<RecordingDocument> to) throws IOException {
    RecordingDocument changed = to.apply(document);
    file.write(changed, true);
    document = changed;
    work.changes().tell();
  }

  private void changeCourse(UnaryOperator<Course> to) throws IOException {
    change(known -> known.with(to.apply(known.course())));
  }

  /** Sees to it from now on, on a thread of its own, until it has ended or that is interrupted. */
  synchronized void attend() {
    thread =
        Thread.ofVirtual().name("recording-" + document.id()).start(this::attendUntilItHasEnded);
  }

  /** Lets go of it; its recorder goes on. */
  void letGo() throws InterruptedException {
    Thread attending;
    synchronized (this) {
      attending = thread;
    }
    if (attending != null) {
      attending.interrupt();
      attending.join();
    }
    synchronized (this) {
      save();
    }
  }

  /** Ends it, soon. */
  synchronized void stop() throws IOException {
    if (state == RecordingState.ENDED) {
      return;
    }
    // Nobody who asked for its beginning is to be told that it was refused: it was stopped.
    isNew = false;
    show(RecordingState.STOPPING, "");
    // Before it is written down: a disk that is full must not keep it going.
    if (process != null) {
      process.stop();
    }
    notifyAll();
    if (document.course().wanted()) {
      document = document.with(document.course().unwanted());
      try {
        file.write(document, true);
      } catch (IOException unwritable) {
        LOG.warn("recording {}: stopped, but {}", document.id(), unwritable.toString());
      }
      work.changes().tell();
    }
  }

  /** Keeps so much from now on: its recorder is told, if one is at work, and any later one. */
  synchronized void keep(RecordingRetention wish) throws IOException {
    change(known -> known.keeping(wish));
    orderToKeep();
  }

  /** Its recorder keeps so much. */
  private void keeps(RecordingRetention now) {
    boolean isOther = !now.equals(kept);
    kept = now;
    if (isOther) {
      notifyAll();
    }
    // What it was started with, or told, can have been overtaken; but it is not told all the time.
    if (!isRetentionApplied() && System.nanoTime() - keepOrderedAt > SAVE.toNanos()) {
      orderToKeep();
    }
  }

  private void orderToKeep() {
    if (process != null) {
      keepOrderedAt = System.nanoTime();
      ObjectNode order = JsonNodeFactory.instance.objectNode().put("order", "keep");
      var _ = process.order(document.request().retention().writeTo(order));
    }
  }

  private boolean isRetentionApplied() {
    return document.request().retention().equals(kept);
  }

  /** Waits until its recorder keeps what it should; not if none is at work, nor any longer. */
  synchronized void awaitRetention(Duration patience) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    long left = patience.toNanos();
    while (process != null && !isRetentionApplied() && left > 0) {
      wait(left / 1_000_000 + 1);
      left = end - System.nanoTime();
    }
  }

  /**
   * Wants it again, after it has ended.
   *
   * @throws JobRefusal if it was stopped since it was shown as starting
   */
  synchronized void resume(Instant now) throws IOException {
    if (state != RecordingState.STARTING) {
      throw new JobRefusal(JobRefusal.Kind.CONFLICT, "it was stopped meanwhile");
    }
    isNew = false;
    firstRefusal = null;
    samples.clear();
    changeCourse(course -> course.wantedAgain(now));
    attend();
  }

  /** It could not be resumed: has ended as before, and what was mirrored for that is taken away. */
  synchronized void giveUp(RecordingDocument.Source before) {
    try {
      change(known -> known.with(before.with(known.source().mirror())));
    } catch (IOException unwritable) {
      LOG.warn("recording {}: {}", document.id(), unwritable.toString());
    }
    show(RecordingState.ENDED, document.course().lastWords());
    attend();
  }

  /**
   * Waits until its state is one of those, so long at most.
   *
   * @return whether it came to that
   */
  synchronized boolean await(Predicate<RecordingState> wish, Duration timeout)
      throws InterruptedException {
    long end = System.nanoTime() + timeout.toNanos();
    while (!wish.test(state) && firstRefusal == null) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      wait(left / 1_000_000 + 1);
    }
    return true;
  }

  /**
   * Nobody waits for its beginning any more: from now on a refusal is one of many reasons to wait.
   *
   * @return why the very first recorder refused, if it did; nothing was begun then
   */
  synchronized Optional<String> endBeginning() {
    isNew = false;
    return firstRefusal();
  }

  /** What did not come to be, and cannot be taken away now, is seen to like any other. */
  synchronized void forgetRefusal() {
    isNew = false;
    firstRefusal = null;
  }

  /** Why the very first recorder refused, if it did; nothing was begun then. */
  synchronized Optional<String> firstRefusal() {
    return Optional.ofNullable(firstRefusal);
  }

  private void attendUntilItHasEnded() {
    try {
      Duration pause = SHORTEST_PAUSE;
      while (isToBeSeenTo()) {
        boolean recorded = recordOnce();
        if (isToBeSeenTo()) {
          pause = recorded ? SHORTEST_PAUSE : pause;
          pauseFor(pause);
          pause = pause.multipliedBy(2);
          pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
        }
      }
      if (firstRefusal().isEmpty()) {
        end();
        takeMirrorAway();
      }
    } catch (InterruptedException letGo) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized boolean isToBeSeenTo() {
    return firstRefusal == null
        && (document.course().wanted() || document.course().openRun().isPresent());
  }

  /** Less long if it is wanted no more. */
  private synchronized void pauseFor(Duration pause) throws InterruptedException {
    long end = System.nanoTime() + pause.toNanos();
    boolean wanted = document.course().wanted();
    long left = pause.toNanos();
    while (left > 0 && document.course().wanted() == wanted) {
      wait(left / 1_000_000 + 1);
      left = end - System.nanoTime();
    }
  }

  /**
   * Finds or starts a recorder, and stays with it until it has ended.
   *
   * @return whether it recorded
   */
  private boolean recordOnce() throws InterruptedException {
    try {
      Optional<JobProcess> found = JobProcess.adopt(files.socket());
      if (found.isEmpty()) {
        if (document().course().openRun().isPresent()
            && !conclude(OptionalInt.empty(), Optional.empty())) {
          showUnlessStopping("a recorder that does not answer is still writing there");
          return false;
        }
        if (!document().course().wanted()) {
          return false;
        }
        RecorderLine.Left left = RecorderLine.Left.of(document(), Instant.now());
        if (left.isNothing()) {
          changeCourse(Course::unwanted);
          return false;
        }
        found = start(left);
        if (found.isEmpty()) {
          return false;
        }
      } else if (document().course().openRun().isEmpty()) {
        int first = new SegmentNumbers(directory).next();
        changeCourse(course -> course.begun(Run.begun(Instant.now(), first)));
      }
      JobProcess.End end = follow(found.get());
      boolean recorded = state() == RecordingState.RECORDING;
      return conclude(end.status(), end.report()) && recorded;
    } catch (IOException failed) {
      LOG.warn("recording {}: {}", document().id(), failed.toString());
      showUnlessStopping(String.valueOf(failed.getMessage()));
      return false;
    } catch (RuntimeException mistake) {
      LOG.error("recording {} failed", document().id(), mistake);
      showUnlessStopping("that failed; the appliance's log says more");
      return false;
    }
  }

  private synchronized RecordingState state() {
    return state;
  }

  /** Nothing if it was refused; why is shown then. */
  private Optional<JobProcess> start(RecorderLine.Left left) throws IOException {
    files.forgetOutput();
    int first = new SegmentNumbers(directory).next();
    changeCourse(course -> course.begun(Run.begun(Instant.now(), first)));
    RecordingDocument now = document();
    String interfaceName = now.source().interfaceName();
    if (interfaceName == null) {
      throw new IOException("the NIC that its copies come to is not known");
    }
    try {
      StartedJob started =
          work.starter()
              .start(JobOrder.record(now.id(), RecorderLine.of(now, interfaceName, left)));
      return Optional.of(JobProcess.follow(started, files.socket()));
    } catch (StartRefusedException | IllegalArgumentException refused) {
      concludeRefused(String.valueOf(refused.getMessage()));
      return Optional.empty();
    } catch (IOException notStarted) {
      changeCourse(Course::withoutLast);
      throw notStarted;
    }
  }

  private JobProcess.End follow(JobProcess started) throws InterruptedException {
    synchronized (this) {
      process = started;
      if (!document.course().wanted()) {
        started.stop();
      }
    }
    try {
      return started.follow(this::heard);
    } finally {
      synchronized (this) {
        process = null;
        kept = null;
        notifyAll();
      }
    }
  }

  private void heard(ObjectNode event) {
    switch (event.path("event").asText()) {
      case "progress" -> {
        RecorderWords words = new RecorderWords(event);
        if (words.hasBegun() && progress(words)) {
          work.segments().changed(document().id(), directory);
        }
      }
      case "segment", "removed" -> work.segments().changed(document().id(), directory);
      default -> {
        // A later version may tell more.
      }
    }
  }

  /** Whether it goes on again with this, and so has recovered what was left unfinished. */
  private synchronized boolean progress(RecorderWords words) {
    Optional<Run> run = document.course().openRun();
    if (run.isEmpty()) {
      return false;
    }
    Figures before = run.get().figures();
    Figures now = words.settledFigures();
    Run latest = run.get().heard(now);
    latest = words.segment().isPresent() ? latest.reached(words.segment().getAsInt()) : latest;
    document = document.with(document.course().withLast(latest));
    buffered = words.buffered();
    Instant taken = words.taken();
    if (taken.isAfter(at)) {
      at = taken;
      samples.add(new Sample(at, view().figures()));
    }
    boolean dropped = now.droppedKernel() != before.droppedKernel();
    boolean old = System.nanoTime() - savedAt > SAVE.toNanos();
    if (dropped || (old && !now.equals(before))) {
      save();
    }
    words.retention().ifPresent(this::keeps);
    Optional<String> obstacle = words.obstacle();
    boolean waits = state == RecordingState.STARTING || state == RecordingState.WAITING;
    boolean begins = waits && obstacle.isEmpty();
    if (obstacle.isPresent() && (waits || state == RecordingState.RECORDING)) {
      isNew = false;
      if (state != RecordingState.WAITING || !reason.equals(obstacle.get())) {
        show(RecordingState.WAITING, obstacle.get());
      }
    }
    if (begins) {
      isNew = false;
      document = document.with(document.course().saying(""));
      show(RecordingState.RECORDING, "");
    }
    work.changes().tell();
    return begins;
  }

  /** Figures that are heard again soon; that they outlive a power failure is of no matter. */
  private void save() {
    try {
      file.write(document, false);
      savedAt = System.nanoTime();
    } catch (IOException unwritable) {
      LOG.warn(
          "recording {}: its figures were not saved: {}", document.id(), unwritable.toString());
    }
  }

  /**
   * Remembers what the last recorder came to.
   *
   * @return false if it may still be at work
   */
  private boolean conclude(OptionalInt status, Optional<ObjectNode> said) throws IOException {
    Optional<ObjectNode> report = said.isPresent() ? said : files.report();
    Run run = document().course().openRun().orElseThrow();
    if (report.isPresent()) {
      concludeInOrder(run, new RecorderWords(report.get()));
    } else if (isRefusal(status, run)) {
      concludeRefused(files.lastComplaint());
    } else {
      try (SegmentDirectory held = SegmentDirectory.hold(directory).orElse(null)) {
        if (held == null) {
          return false;
        }
        concludeKilled(run, held);
      }
    }
    work.segments().changed(document().id(), directory);
    return true;
  }

  private synchronized void concludeInOrder(Run run, RecorderWords report) throws IOException {
    conclude(RunEnd.inOrder(document, run, report, Instant.now()));
  }

  private boolean isRefusal(OptionalInt status, Run run) throws IOException {
    return status.isPresent()
        ? status.getAsInt() == RecordingWork.REFUSED
        : run.figures().equals(Figures.NONE)
            && new SegmentNumbers(directory).next() <= run.firstSegment()
            && !files.lastComplaint().isEmpty();
  }

  private synchronized void concludeRefused(String sentence) throws IOException {
    if (isNew) {
      firstRefusal = sentence.isEmpty() ? "the recorder refused, without saying why" : sentence;
      notifyAll();
    }
    conclude(document.course().withoutLast().saying(sentence));
  }

  private void concludeKilled(Run run, SegmentDirectory held) throws IOException {
    for (String problem : held.recover().leftAlone()) {
      LOG.warn("recording {}: could not recover {}", document().id(), problem);
    }
    Figures last = RunEnd.figuresOfKilled(run, new SegmentNumbers(directory));
    String complaint = files.lastComplaint();
    synchronized (this) {
      conclude(RunEnd.killed(document.course(), run, last, complaint));
    }
  }

  private synchronized void conclude(Course course) throws IOException {
    buffered = 0;
    at = Instant.now();
    change(known -> known.with(course));
    if (course.wanted()) {
      showUnlessStopping(course.lastWords());
    }
  }

  private synchronized void showUnlessStopping(String why) {
    if (state != RecordingState.STOPPING && document.course().wanted()) {
      show(isNew ? RecordingState.STARTING : RecordingState.WAITING, why);
    }
  }

  synchronized void show(RecordingState now, String why) {
    state = now;
    reason = why;
    notifyAll();
    work.changes().tell();
  }

  private void end() throws InterruptedException {
    while (true) {
      try {
        synchronized (this) {
          if (state != RecordingState.ENDED || document.course().endedAt() == null) {
            changeCourse(course -> course.ended(Instant.now()));
            show(RecordingState.ENDED, document.course().lastWords());
          }
        }
        return;
      } catch (IOException unwritable) {
        LOG.warn("recording {}: {}", document().id(), unwritable.toString());
        Thread.sleep(SHORTEST_PAUSE);
      }
    }
  }

  private void takeMirrorAway() throws InterruptedException {
    for (Duration pause = SHORTEST_PAUSE; ; pause = LONGEST_PAUSE) {
      try {
        undoMirror();
        return;
      } catch (IOException away) {
        LOG.warn("recording {}: its mirror is still there: {}", document().id(), away.toString());
        String ended = document().course().lastWords();
        show(
            RecordingState.ENDED,
            (ended.isEmpty() ? "" : ended + "; ")
                + "its mirror is still there: "
                + away.getMessage());
        Thread.sleep(pause);
      }
    }
  }

  /** Takes away what was made for this recording alone, if that is there. */
  void undoMirror() throws IOException, InterruptedException {
    @Nullable GuestMirror mirror = document().source().mirror();
    if (mirror == null) {
      return;
    }
    try {
      work.mirrors().undo(mirror);
    } catch (Refusal used) {
      LOG.warn("recording {}: its mirror is left: {}", document().id(), used.getMessage());
    }
    change(known -> known.with(known.source().with(null)));
    synchronized (this) {
      if (state == RecordingState.ENDED) {
        show(state, document.course().lastWords());
      }
    }
  }
}
