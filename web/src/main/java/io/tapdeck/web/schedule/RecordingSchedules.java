package io.tapdeck.web.schedule;

import io.tapdeck.web.job.Changes;
import io.tapdeck.web.job.DocumentDirectory;
import io.tapdeck.web.job.JobRefusal;
import io.tapdeck.web.job.RecordingRequest;
import io.tapdeck.web.job.RecordingRetention;
import io.tapdeck.web.job.RecordingView;
import io.tapdeck.web.job.Recordings;
import io.tapdeck.web.template.RecordingTemplate;
import io.tapdeck.web.template.RecordingTemplates;
import io.tapdeck.web.template.TemplateSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The schedules of a data directory, and the threads that start and stop what they say. Each has
 * one recording, which it starts again in each window; what could not be started is tried again
 * until its window is over. A start can take some time, and holds up no other schedule. Any thread
 * may use it.
 */
public final class RecordingSchedules implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RecordingSchedules.class);
  private static final int MOST = 100;

  /** How late something can be started or stopped, if the machine's clock is set. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  /** From one attempt to start something to the next. */
  private static final Duration RETRY = Duration.ofSeconds(30);

  /** Windows that were missed longer ago are not even counted. */
  private static final Duration HORIZON = Duration.ofDays(31);

  private static final Duration STOP = Duration.ofSeconds(10);

  /** What was seen to later than this from now was so by a clock that was ahead. */
  private static final Duration AHEAD = Duration.ofMinutes(1);

  private final DocumentDirectory<RecordingSchedule> documents;
  private final Recordings recordings;
  private final RecordingTemplates templates;
  private final Changes changes;
  private final InstantSource clock;

  /** Of the schedules that somebody changes, or starts and stops something for. */
  private final Map<UUID, Turn> turns = new ConcurrentHashMap<>();

  /** Who sees to which schedule now. */
  private final Map<UUID, Thread> workers = new ConcurrentHashMap<>();

  private volatile @Nullable Thread thread;

  private RecordingSchedules(
      DocumentDirectory<RecordingSchedule> documents,
      Recordings recordings,
      RecordingTemplates templates,
      Changes changes,
      InstantSource clock) {
    this.documents = documents;
    this.recordings = recordings;
    this.templates = templates;
    this.changes = changes;
    this.clock = clock;
  }

  /**
   * Finds the schedules of a data directory. Nothing is started or stopped before {@link #start}.
   *
   * @throws IOException if the directory cannot be used
   */
  public static RecordingSchedules open(
      Path data,
      Recordings recordings,
      RecordingTemplates templates,
      Changes changes,
      InstantSource clock)
      throws IOException {
    return new RecordingSchedules(
        DocumentDirectory.open(
            data.resolve("recording-schedules"), RecordingSchedule.class, RecordingSchedule::id),
        recordings,
        templates,
        changes,
        clock);
  }

  /** From now on starts and stops what is due. */
  public void start() {
    thread = Thread.ofVirtual().name("recording-schedules").start(this::run);
  }

  private void run() {
    try {
      while (true) {
        var _ = begin();
        Thread.sleep(LOOK);
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  /** A schedule, and when it starts something next. */
  public record Planned(RecordingSchedule schedule, Optional<Window> next) {}

  /** All, by their names. */
  public List<Planned> all() {
    return documents.all().stream()
        .sorted(
            Comparator.comparing((RecordingSchedule one) -> one.wish().name())
                .thenComparing(RecordingSchedule::id))
        .map(this::planned)
        .toList();
  }

  /** One of them. */
  public Optional<Planned> find(UUID id) {
    return documents.find(id).map(this::planned);
  }

  private Planned planned(RecordingSchedule schedule) {
    Instant now = clock.instant();
    Instant handled = schedule.course().handled();
    return new Planned(
        schedule,
        schedule.wish().enabled()
            ? schedule.wish().timetable().firstFrom(handled.isAfter(now) ? handled : now)
            : Optional.empty());
  }

  /** Whether a template is used by one. */
  public boolean uses(UUID template) {
    return documents.all().stream().anyMatch(one -> template.equals(one.wish().template()));
  }

  /** What became of a wish. */
  public record Put(Planned planned, boolean isNew) {}

  /**
   * Makes one, or changes that of the id. In the middle of a window it starts at once, or what it
   * started goes on as the window says now.
   *
   * @throws JobRefusal if its template is not there, or there are too many
   */
  public Put put(UUID id, ScheduleWish wish, String user) throws IOException {
    Turn turn = come(id);
    turn.lock.lock();
    try {
      return putAlone(id, wish, user);
    } finally {
      turn.lock.unlock();
      leave(id);
    }
  }

  /** One schedule is seen to by one thread at a time. */
  private static final class Turn {
    private final ReentrantLock lock = new ReentrantLock();
    private int comers;
  }

  private Turn come(UUID id) {
    return turns.compute(
        id,
        (any, known) -> {
          Turn turn = known == null ? new Turn() : known;
          turn.comers++;
          return turn;
        });
  }

  private void leave(UUID id) {
    var _ = turns.computeIfPresent(id, (any, turn) -> --turn.comers == 0 ? null : turn);
  }

  private Put putAlone(UUID id, ScheduleWish wish, String user) throws IOException {
    Instant now = clock.instant();
    var _ = settings(wish);
    Optional<RecordingSchedule> before = documents.find(id);
    Instant begin = wish.timetable().at(now).map(Window::from).orElse(now);
    ScheduleCourse course =
        before
            .map(RecordingSchedule::course)
            .map(known -> changed(before.get().wish(), wish, known, begin, now))
            .orElseGet(() -> ScheduleCourse.from(begin));
    RecordingSchedule schedule =
        new RecordingSchedule(RecordingSchedule.FORMAT, id, wish, now, user, course);
    synchronized (documents) {
      if (before.isEmpty() && documents.all().size() >= MOST) {
        throw new JobRefusal(
            JobRefusal.Kind.CONFLICT, "there are " + MOST + " schedules already: delete one first");
      }
      documents.put(schedule);
    }
    changes.tell();
    return new Put(planned(schedule), before.isEmpty());
  }

  private static ScheduleCourse changed(
      ScheduleWish before, ScheduleWish wish, ScheduleCourse course, Instant begin, Instant now) {
    if (wish.equals(before)) {
      return course;
    }
    ScheduleCourse fresh = course.seeingToFrom(begin);
    // Seen to at the next look: it is started before that, if its window is still there.
    return course.runningTo() == null ? fresh : fresh.stoppingAt(now);
  }

  /**
   * Deletes one, and stops the recording that it has started; that stays.
   *
   * @throws JobRefusal if there is none
   */
  public void delete(UUID id) throws IOException, InterruptedException {
    Turn turn = come(id);
    turn.lock.lock();
    try {
      deleteAlone(id);
    } finally {
      turn.lock.unlock();
      leave(id);
    }
  }

  private void deleteAlone(UUID id) throws IOException, InterruptedException {
    RecordingSchedule schedule =
        documents
            .find(id)
            .orElseThrow(() ->
                new JobRefusal(JobRefusal.Kind.UNKNOWN, "there is no recording schedule " + id));
    if (schedule.course().runningTo() != null) {
      stopRecording(schedule.course().recording());
    }
    documents.delete(id);
    changes.tell();
  }

  /** Starts and stops what is due now, and returns once that is done. */
  void look() throws InterruptedException {
    for (Thread worker : begin()) {
      worker.join();
    }
  }

  /**
   * Starts and stops what is due now, each schedule by a thread of its own; one that is still being
   * seen to is left alone.
   */
  List<Thread> begin() {
    List<Thread> begun = new ArrayList<>();
    for (RecordingSchedule schedule : documents.all()) {
      UUID id = schedule.id();
      Thread worker =
          Thread.ofVirtual().name("recording-schedule-" + id).unstarted(() -> seeTo(id));
      if (workers.putIfAbsent(id, worker) == null) {
        worker.start();
        begun.add(worker);
      }
    }
    return begun;
  }

  private void seeTo(UUID id) {
    Turn turn = come(id);
    try {
      turn.lock.lockInterruptibly();
      try {
        // As it is now: it may have been changed, or deleted, while it was another's turn.
        Optional<RecordingSchedule> schedule = documents.find(id);
        if (schedule.isPresent()) {
          look(schedule.get(), clock.instant());
        }
      } finally {
        turn.lock.unlock();
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    } finally {
      leave(id);
      workers.remove(id);
    }
  }

  private void look(RecordingSchedule schedule, Instant now) throws InterruptedException {
    try {
      startAndStop(schedule, now);
    } catch (IOException | JobRefusal failed) {
      LOG.warn("schedule '{}': {}", schedule.wish().name(), failed.toString());
    } catch (RuntimeException mistake) {
      LOG.error("schedule '{}' failed", schedule.wish().name(), mistake);
    }
  }

  private void startAndStop(RecordingSchedule schedule, Instant now)
      throws IOException, InterruptedException {
    RecordingSchedule seen = withoutFuture(schedule, now);
    if (schedule.wish().enabled()) {
      seen = startWhatIsDue(seen, now);
    }
    Instant runningTo = seen.course().runningTo();
    if (runningTo != null && !now.isBefore(runningTo)) {
      String why = stopRecording(seen.course().recording());
      keep(seen.with(seen.course().stopped(why, now)));
    }
  }

  /** What was seen to by a clock that was ahead is to be seen to again. */
  private RecordingSchedule withoutFuture(RecordingSchedule schedule, Instant now)
      throws IOException {
    ScheduleCourse course = schedule.course();
    if (!course.handled().isAfter(now.plus(AHEAD))) {
      return schedule;
    }
    LOG.warn(
        "schedule '{}' has seen to {} already: the clock was ahead",
        schedule.wish().name(),
        course.handled());
    Instant begin = schedule.wish().timetable().at(now).map(Window::from).orElse(now);
    ScheduleCourse again = course.seeingToFrom(begin);
    return keep(schedule.with(course.runningTo() == null ? again : again.stoppingAt(now)));
  }

  private RecordingSchedule startWhatIsDue(RecordingSchedule schedule, Instant now)
      throws IOException, InterruptedException {
    RecordingSchedule seen = schedule;
    Instant horizon = now.minus(HORIZON);
    if (schedule.wish().timetable().weekly() != null
        && schedule.course().handled().isBefore(horizon)) {
      seen = schedule.with(schedule.course().seeingToFrom(horizon));
    }
    while (true) {
      Optional<Window> due =
          seen.wish()
              .timetable()
              .firstFrom(seen.course().handled())
              .filter(window -> !window.from().isAfter(now));
      if (due.isEmpty()) {
        return seen;
      }
      Window window = due.get();
      if (!window.contains(now)) {
        seen = keep(seen.with(seen.course().passed(window, now)));
      } else if (wasTriedLately(seen.course(), window, now)) {
        return seen;
      } else {
        seen = tryToStart(seen, window, now);
      }
    }
  }

  private static boolean wasTriedLately(ScheduleCourse course, Window window, Instant now) {
    return course.outcomes().stream()
        .filter(one -> one.from().equals(window.from()))
        .filter(one -> one.state() == Outcome.State.FAILED)
        .anyMatch(one -> Duration.between(one.at(), now).abs().compareTo(RETRY) < 0);
  }

  private RecordingSchedule tryToStart(RecordingSchedule schedule, Window window, Instant now)
      throws IOException, InterruptedException {
    RecordingSchedule ready = schedule;
    try {
      ready = withRecording(schedule);
      // Before it starts: whatever happens meanwhile, it is to be stopped at the end.
      ready = keep(ready.with(ready.course().stoppingAt(window.to())));
      startRecording(ready);
      return keep(ready.with(ready.course().started(window, now)));
    } catch (IOException | JobRefusal | IllegalArgumentException failed) {
      LOG.warn("schedule '{}' did not start: {}", schedule.wish().name(), failed.toString());
      String why = String.valueOf(failed.getMessage());
      boolean runs =
          recordings.find(ready.course().recording()).filter(RecordingView::isUnderWay).isPresent();
      ScheduleCourse course = runs ? ready.course() : ready.course().stoppingNothing();
      return keep(ready.with(course.failed(window, why, now)));
    }
  }

  /** With the id of a recording that is, or can be, what it says now. */
  private RecordingSchedule withRecording(RecordingSchedule schedule)
      throws IOException, InterruptedException {
    Optional<RecordingView> known = recordings.find(schedule.course().recording());
    RecordingRequest wish = request(schedule.wish());
    if (known.isEmpty() && recordings.isDamaged(schedule.course().recording())) {
      return keep(schedule.with(schedule.course().with(UUID.randomUUID())));
    }
    if (known.isEmpty() || isAlike(known.get().request(), wish)) {
      return schedule;
    }
    // What a recording is of cannot be changed: this is another.
    if (known.get().isUnderWay() && schedule.course().runningTo() != null) {
      var _ = stopRecording(known.get().id());
    }
    return keep(schedule.with(schedule.course().with(UUID.randomUUID())));
  }

  /** But for how much is kept, which can be changed. */
  private static boolean isAlike(RecordingRequest one, RecordingRequest other) {
    return one.keeping(RecordingRetention.ALL).equals(other.keeping(RecordingRetention.ALL));
  }

  private void startRecording(RecordingSchedule schedule) throws IOException, InterruptedException {
    UUID id = schedule.course().recording();
    RecordingRequest wish = request(schedule.wish());
    Optional<RecordingView> known = recordings.find(id);
    if (known.isEmpty()) {
      var _ = recordings.create(id, wish, "schedule " + schedule.wish().name());
      return;
    }
    if (isNew(schedule) && !known.get().request().equals(wish)) {
      var _ = recordings.keep(id, wish.retention(), STOP);
    }
    var _ = recordings.resume(id);
  }

  /** Whether nothing came of it yet: what an operator changed afterwards stays as it is. */
  private static boolean isNew(RecordingSchedule schedule) {
    return schedule.course().outcomes().stream()
        .noneMatch(one -> one.at().isAfter(schedule.changedAt()));
  }

  private RecordingRequest request(ScheduleWish wish) {
    return settings(wish).request(wish.name(), wish.guest(), wish.interfaceName(), wish.netns());
  }

  private TemplateSettings settings(ScheduleWish wish) {
    if (wish.settings() != null) {
      return wish.settings();
    }
    return Optional.ofNullable(wish.template())
        .flatMap(templates::find)
        .map(RecordingTemplate::settings)
        .orElseThrow(() ->
            new JobRefusal(JobRefusal.Kind.CONFLICT, "its template is not there: choose another"));
  }

  /** Returns how it ended; empty if there is nothing to say. */
  private String stopRecording(UUID id) throws IOException, InterruptedException {
    if (recordings.find(id).isEmpty()) {
      return "its recording was deleted";
    }
    return recordings.stop(id, STOP).reason();
  }

  private RecordingSchedule keep(RecordingSchedule schedule) throws IOException {
    documents.put(schedule);
    changes.tell();
    return schedule;
  }

  /** Starts and stops nothing any more; what it started goes on. */
  @Override
  public void close() {
    try {
      Thread running = thread;
      if (running != null) {
        running.interrupt();
        running.join();
      }
      for (Thread worker : List.copyOf(workers.values())) {
        worker.interrupt();
        worker.join();
      }
    } catch (InterruptedException hurry) {
      Thread.currentThread().interrupt();
    }
  }
}
