package io.tapdeck.web.job;

import io.tapdeck.capture.segment.SegmentDirectory;
import io.tapdeck.provisioner.northbound.Refusal;
import io.tapdeck.web.job.JobRefusal.Kind;
import io.tapdeck.web.mirror.GuestMirror;
import io.tapdeck.web.mirror.NorthboundAwayException;
import io.tapdeck.web.mirror.NotActiveException;
import io.tapdeck.web.mirror.TapNicPlace;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The recordings of a data directory. Every method may be called by any thread, and may block. */
public final class Recordings implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Recordings.class);
  private static final int MOST_UNDER_WAY = 32;

  /** How long a recorder may take to begin; it reads again what was left unfinished. */
  private static final Duration BEGINNING = Duration.ofSeconds(20);

  private static final Set<String> OWN_FILES =
      Set.of(
          "recording.json", "recording.json.draft", "recorder.out", "recorder.err", "control.sock");

  private final Path directory;
  private final RecordingWork work;
  private final Map<UUID, RecordingJob> jobs = new HashMap<>();

  private Recordings(Path directory, RecordingWork work) {
    this.directory = directory;
    this.work = work;
  }

  /** What became of a request. */
  public record Created(RecordingView view, boolean isNew) {}

  /**
   * Finds the recordings of a data directory, which is this process's alone, and sees to them from
   * now on. One whose document is damaged is reported and left alone.
   *
   * @throws IOException if the directory cannot be used
   */
  public static Recordings open(Path data, RecordingWork work) throws IOException {
    Path directory = data.toAbsolutePath().normalize().resolve("recordings");
    if (!Files.isDirectory(directory)) {
      JobFiles.makePrivate(directory);
    }
    RecordingImports.deleteLeft(directory);
    Recordings recordings = new Recordings(directory, work);
    recordings.load();
    return recordings;
  }

  private void load() throws IOException {
    List<Path> found;
    try (Stream<Path> all = Files.list(directory)) {
      found = all.filter(JobFiles::isJob).sorted().toList();
    }
    for (Path path : found) {
      try {
        RecordingJob job = RecordingJob.load(work, path);
        if (job.document().source().interfaceName() == null
            && !job.document().request().isImported()) {
          job.change(known ->
              known.with(
                  known
                      .course()
                      .ended(Instant.now())
                      .saying("the appliance ended before the mirror was there")));
          job = RecordingJob.load(work, path);
        }
        jobs.put(job.document().id(), job);
        work.segments().changed(job.document().id(), path);
      } catch (IOException damaged) {
        LOG.error("recording {} is left alone: {}", path.getFileName(), damaged.getMessage());
      }
    }
    jobs.values().forEach(RecordingJob::attend);
  }

  /** Whether a file beside a recording's segments is one that the appliance itself keeps there. */
  public static boolean keeps(String fileName) {
    return OWN_FILES.contains(fileName);
  }

  /** Where each has a directory of its own. */
  public Path directory() {
    return directory;
  }

  /** All, the newest first. */
  public List<RecordingView> all() {
    List<RecordingJob> known;
    synchronized (jobs) {
      known = List.copyOf(jobs.values());
    }
    return known.stream()
        .map(RecordingJob::view)
        .sorted(
            Comparator.comparing(RecordingView::createdAt)
                .reversed()
                .thenComparing(RecordingView::id))
        .toList();
  }

  /** How many percent of the file system those keep free that are under way: the most of them. */
  int keptFree() {
    return all().stream()
        .filter(RecordingView::isUnderWay)
        .map(view -> view.request().keepFree())
        .filter(Objects::nonNull)
        .mapToInt(percent -> percent)
        .max()
        .orElse(0);
  }

  /** Where the recorders can be asked of those that are under way. */
  public List<Path> sockets() {
    return all().stream()
        .filter(RecordingView::isUnderWay)
        .map(view -> new JobFiles(view.directory(), "recorder").socket())
        .toList();
  }

  /** One of them. */
  public Optional<RecordingView> find(UUID id) {
    synchronized (jobs) {
      return Optional.ofNullable(jobs.get(id)).map(RecordingJob::view);
    }
  }

  /**
   * Segments that are to be played.
   *
   * @param numbers null for all
   * @throws JobRefusal if there are none, too many, or some of them are not there
   */
  SegmentChoice choose(UUID id, @Nullable List<Integer> numbers) throws IOException {
    RecordingJob job = job(id);
    return new SegmentNumbers(job.directory()).choose(job.document().request().name(), numbers);
  }

  /** The last readings of its figures. */
  public List<Sample> samples(UUID id) {
    return job(id).samples();
  }

  /** Its runs, in order. */
  public List<RunView> runs(UUID id) {
    return job(id).document().course().runs().stream().map(RunView::of).toList();
  }

  private RecordingJob job(UUID id) {
    synchronized (jobs) {
      RecordingJob job = jobs.get(id);
      if (job == null) {
        throw new JobRefusal(Kind.UNKNOWN, "there is no recording " + id);
      }
      return job;
    }
  }

  /**
   * Begins a recording, and returns once it records, or waits for what it needs. Asked again with
   * the same id, it does nothing.
   *
   * @param id chosen by who asks
   * @throws JobRefusal if it cannot begin; nothing of it is left then
   */
  public Created create(UUID id, RecordingRequest request, String user)
      throws IOException, InterruptedException {
    RecordingJob job;
    synchronized (jobs) {
      RecordingJob known = jobs.get(id);
      if (known != null) {
        if (!known.document().isOf(request)) {
          throw new JobRefusal(
              Kind.CONFLICT, "recording " + id + " is another: choose a new id for this one");
        }
        return new Created(known.view(), false);
      }
      checkRoom();
      Path own = directory.resolve(id.toString());
      if (isTaken(id)) {
        throw new JobRefusal(
            Kind.CONFLICT,
            "the directory of recording " + id + " is there and damaged: choose a new id");
      }
      RecordingDocument document = RecordingDocument.create(id, Instant.now(), user, request);
      job = RecordingJob.create(work, own, document);
      jobs.put(id, job);
    }
    try {
      begin(job, request);
    } catch (IOException | RuntimeException failed) {
      // Not if it is interrupted: then the appliance is about to end, and the next one decides.
      remove(job);
      throw failed;
    }
    return new Created(job.view(), true);
  }

  /**
   * That there is nothing of this id yet.
   *
   * @throws JobRefusal if there is
   */
  void checkIsNew(UUID id) {
    synchronized (jobs) {
      if (jobs.containsKey(id)
          || Files.exists(directory.resolve(id.toString()), LinkOption.NOFOLLOW_LINKS)) {
        throw new JobRefusal(
            Kind.CONFLICT, "recording " + id + " is there already: choose a new id for this one");
      }
    }
  }

  /**
   * Makes a directory a recording that has ended.
   *
   * @param complete holds its segments, and lies beside the recordings; is moved
   * @throws JobRefusal if there is something of its id already
   */
  RecordingView adopt(Path complete, RecordingDocument document) throws IOException {
    UUID id = document.id();
    Path own = directory.resolve(id.toString());
    RecordingJob job;
    synchronized (jobs) {
      checkIsNew(id);
      RecordingJob.write(complete, document);
      job = RecordingJob.of(work, own, document);
      publish(complete, own);
      jobs.put(id, job);
    }
    work.segments().changed(id, own);
    work.changes().tell();
    return job.view();
  }

  /** Moves a directory to its place for good, or leaves it where it was. */
  private void publish(Path complete, Path own) throws IOException {
    try (FileChannel all = FileChannel.open(directory, StandardOpenOption.READ)) {
      Files.move(complete, own, StandardCopyOption.ATOMIC_MOVE);
      try {
        all.force(true);
      } catch (IOException unsure) {
        Files.move(own, complete, StandardCopyOption.ATOMIC_MOVE);
        throw unsure;
      }
    }
  }

  /** Whether a recording of that id cannot be made, as its directory is there without it. */
  public boolean isDamaged(UUID id) {
    synchronized (jobs) {
      return !jobs.containsKey(id) && isTaken(id);
    }
  }

  private boolean isTaken(UUID id) {
    return Files.exists(directory.resolve(id.toString()), LinkOption.NOFOLLOW_LINKS);
  }

  private void checkRoom() {
    long underWay =
        jobs.values().stream().map(RecordingJob::view).filter(RecordingView::isUnderWay).count();
    if (underWay >= MOST_UNDER_WAY) {
      throw new JobRefusal(
          Kind.CONFLICT, "there are " + MOST_UNDER_WAY + " recordings already: stop one first");
    }
  }

  private void begin(RecordingJob job, RecordingRequest request)
      throws IOException, InterruptedException {
    JobFiles.makePrivate(job.directory());
    // Before anything is done for it, so that whoever comes next finds what is to be undone.
    job.change(document -> document);
    if (request.guest() != null) {
      mirror(job, request.guest());
    }
    job.attend();
    var _ = job.await(state -> state != RecordingState.STARTING, BEGINNING);
    Optional<String> refusal = job.endBeginning();
    if (refusal.isPresent()) {
      throw new JobRefusal(Kind.IMPOSSIBLE, refusal.get());
    }
  }

  private void mirror(RecordingJob job, String guest) throws IOException, InterruptedException {
    try {
      GuestMirror plan = work.mirrors().plan(job.document().id(), guest);
      job.change(document -> document.with(RecordingDocument.Source.mirrored(plan)));
      TapNicPlace place = make(plan);
      job.change(document -> document.with(document.source().at(place)));
    } catch (Refusal refusal) {
      throw new JobRefusal(Kind.CONFLICT, String.valueOf(refusal.getMessage()), refusal);
    } catch (NotActiveException late) {
      throw new JobRefusal(Kind.LATE, String.valueOf(late.getMessage()), late);
    } catch (NorthboundAwayException away) {
      throw new JobRefusal(Kind.UNAVAILABLE, String.valueOf(away.getMessage()), away);
    }
  }

  private TapNicPlace make(GuestMirror plan) throws InterruptedException {
    try {
      return work.mirrors().make(plan);
    } catch (IOException brokenOff) {
      throw new JobRefusal(
          Kind.UNAVAILABLE,
          "the northbound went away meanwhile, try again: " + brokenOff.getMessage(),
          brokenOff);
    }
  }

  /** Takes away what did not come to be. What is left of its mirror is taken away later. */
  private void remove(RecordingJob job) throws InterruptedException {
    try {
      job.letGo();
      job.undoMirror();
      deleteFiles(job);
      synchronized (jobs) {
        jobs.remove(job.document().id());
      }
    } catch (IOException | JobRefusal stuck) {
      LOG.warn("recording {} is still there: {}", job.document().id(), stuck.toString());
      abandon(job);
    }
  }

  private static void abandon(RecordingJob job) {
    job.forgetRefusal();
    try {
      job.change(document ->
          document.with(document.course().ended(Instant.now()).saying("it could not begin")));
      job.attend();
    } catch (IOException unwritable) {
      LOG.warn("recording {}: {}", job.document().id(), unwritable.toString());
    }
  }

  /**
   * Ends a recording.
   *
   * @return as it is once it has ended, or after that time
   */
  public RecordingView stop(UUID id, Duration patience) throws IOException, InterruptedException {
    RecordingJob job = job(id);
    job.stop();
    var _ = job.await(state -> state == RecordingState.ENDED, patience);
    return job.view();
  }

  /**
   * Goes on with a recording that has ended, in the same directory with the next segment; its
   * limits count anew. A guest is mirrored anew for it.
   *
   * @throws JobRefusal if it cannot
   */
  public RecordingView resume(UUID id) throws IOException, InterruptedException {
    RecordingJob job = job(id);
    RecordingDocument.Source before;
    synchronized (jobs) {
      RecordingView view = job.view();
      if (view.state() == RecordingState.STOPPING) {
        throw new JobRefusal(Kind.CONFLICT, "it has not quite ended yet: try again");
      }
      if (view.isUnderWay()) {
        return view;
      }
      if (view.request().isImported()) {
        throw new JobRefusal(
            Kind.CONFLICT, "it was uploaded: there is nothing here that could go on with it");
      }
      if (view.mirror().isPresent()) {
        throw new JobRefusal(
            Kind.CONFLICT, "the mirror it recorded has not been taken away yet: try again");
      }
      checkRoom();
      before = job.document().source();
      job.show(RecordingState.STARTING, "");
    }
    resume(job, before);
    var _ = job.await(state -> state != RecordingState.STARTING, BEGINNING);
    return job.view();
  }

  private void resume(RecordingJob job, RecordingDocument.Source before)
      throws IOException, InterruptedException {
    try {
      String guest = job.document().request().guest();
      if (guest != null) {
        mirror(job, guest);
      }
      job.resume(Instant.now());
    } catch (IOException | RuntimeException failed) {
      job.giveUp(before);
      throw failed;
    }
  }

  /**
   * Keeps so much of a recording from now on.
   *
   * @return as it is once its recorder keeps so much, or after that time
   */
  public RecordingView keep(UUID id, RecordingRetention retention, Duration patience)
      throws IOException, InterruptedException {
    RecordingJob job = job(id);
    if (job.document().request().isImported()) {
      throw new JobRefusal(
          Kind.CONFLICT, "it was uploaded, and stays as it is until it is deleted");
    }
    job.keep(retention);
    job.awaitRetention(patience);
    return job.view();
  }

  /**
   * Deletes a recording that has ended, and its segments.
   *
   * @throws JobRefusal if it goes on, or some of its segments are protected
   */
  public void delete(UUID id) throws IOException, InterruptedException {
    RecordingJob job = job(id);
    if (new SegmentNumbers(job.directory()).hasProtected()) {
      throw new JobRefusal(
          Kind.CONFLICT, "some of its segments are protected: take that back first");
    }
    synchronized (jobs) {
      if (job.view().isUnderWay()) {
        throw new JobRefusal(Kind.CONFLICT, "it has not ended: stop it first");
      }
      // Nobody wants it again from now on.
      if (jobs.remove(id) == null) {
        throw new JobRefusal(Kind.UNKNOWN, "there is no recording " + id + " any more");
      }
    }
    boolean deleted = false;
    try {
      job.letGo();
      job.undoMirror();
      deleteFiles(job);
      deleted = true;
    } catch (NorthboundAwayException away) {
      throw new JobRefusal(
          Kind.UNAVAILABLE,
          "its mirror cannot be taken away now, try again: " + away.getMessage(),
          away);
    } finally {
      if (!deleted) {
        synchronized (jobs) {
          jobs.put(id, job);
        }
        job.attend();
      }
    }
    work.segments().changed(id, job.directory());
    work.changes().tell();
  }

  /** Only what is ours, and last what says that it is. */
  private static void deleteFiles(RecordingJob job) throws IOException {
    Path own = job.directory();
    if (!Files.isDirectory(own, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (SegmentDirectory held = SegmentDirectory.hold(own).orElse(null)) {
      if (held == null) {
        throw new JobRefusal(Kind.CONFLICT, "a recorder is still writing in " + own);
      }
      for (Path segment : new SegmentNumbers(own).all()) {
        Files.deleteIfExists(segment);
      }
      new JobFiles(own, "recorder").delete();
      Files.deleteIfExists(own.resolve("recording.json.draft"));
      Files.deleteIfExists(own.resolve("recording.json"));
      Files.delete(own);
    } catch (DirectoryNotEmptyException | NoSuchFileException others) {
      LOG.warn("{} holds files of others, which are left", own);
    }
  }

  /** Lets go of all recordings; those that are under way go on without us. */
  @Override
  public void close() {
    List<RecordingJob> known;
    synchronized (jobs) {
      known = List.copyOf(jobs.values());
    }
    try {
      for (RecordingJob job : known) {
        job.letGo();
      }
    } catch (InterruptedException hurry) {
      Thread.currentThread().interrupt();
    }
  }
}
