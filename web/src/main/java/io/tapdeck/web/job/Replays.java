package io.tapdeck.web.job;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapdeck.capture.os.NetworkNamespace;
import io.tapdeck.web.job.JobRefusal.Kind;
import io.tapdeck.web.starter.JobOrder;
import io.tapdeck.web.starter.NicLook;
import io.tapdeck.web.starter.StartRefusedException;
import io.tapdeck.web.starter.Starter;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The replays of a data directory. Every method may be called by any thread, and may block. */
public final class Replays implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Replays.class);
  private static final int MOST_UNDER_WAY = 8;
  private static final Duration BEGINNING = Duration.ofSeconds(20);

  private final Path directory;
  private final Recordings recordings;
  private final Starter starter;
  private final Changes changes;
  private final Map<UUID, ReplayJob> jobs = new HashMap<>();

  private Replays(Path directory, Recordings recordings, Starter starter, Changes changes) {
    this.directory = directory;
    this.recordings = recordings;
    this.starter = starter;
    this.changes = changes;
  }

  /** What became of a request. */
  public record Created(ReplayDocument replay, boolean isNew) {}

  /**
   * Finds the replays of a data directory, which is this process's alone. One whose document is
   * damaged is reported and left alone.
   *
   * @param starter starts players
   * @param changes told of each change of a replay
   * @throws IOException if the directory cannot be used
   */
  public static Replays open(Path data, Recordings recordings, Starter starter, Changes changes)
      throws IOException {
    Path directory = data.toAbsolutePath().normalize().resolve("replays");
    if (!Files.isDirectory(directory)) {
      JobFiles.makePrivate(directory);
    }
    Replays replays = new Replays(directory, recordings, starter, changes);
    List<Path> found;
    try (Stream<Path> all = Files.list(directory)) {
      found = all.filter(JobFiles::isJob).sorted().toList();
    }
    for (Path path : found) {
      try {
        ReplayJob job = ReplayJob.load(path, changes);
        replays.jobs.put(job.document().id(), job);
      } catch (IOException damaged) {
        LOG.error("replay {} is left alone: {}", path.getFileName(), damaged.getMessage());
      }
    }
    replays.jobs.values().forEach(ReplayJob::attendAgain);
    return replays;
  }

  /** All, the newest first. */
  public List<ReplayDocument> all() {
    List<ReplayJob> known;
    synchronized (jobs) {
      known = List.copyOf(jobs.values());
    }
    return known.stream()
        .map(ReplayJob::document)
        .sorted(
            Comparator.comparing(ReplayDocument::createdAt)
                .reversed()
                .thenComparing(ReplayDocument::id))
        .toList();
  }

  /** One of them. */
  public Optional<ReplayDocument> find(UUID id) {
    synchronized (jobs) {
      return Optional.ofNullable(jobs.get(id)).map(ReplayJob::document);
    }
  }

  /** Whether a replay that is under way has a recording's segment among its own. */
  public boolean isPlaying(UUID recording, int segment) {
    return all().stream()
        .anyMatch(replay ->
            !replay.state().isOver()
                && replay.request().recording().equals(recording)
                && replay.segments().contains(segment));
  }

  private ReplayJob job(UUID id) {
    synchronized (jobs) {
      ReplayJob job = jobs.get(id);
      if (job == null) {
        throw new JobRefusal(Kind.UNKNOWN, "there is no replay " + id);
      }
      return job;
    }
  }

  /**
   * Begins a replay, and returns once it plays, or is over. Asked again with the same id, it does
   * nothing.
   *
   * @param id chosen by who asks
   * @throws JobRefusal if it cannot begin; nothing of it is left then
   */
  public Created create(UUID id, ReplayRequest request, String user)
      throws IOException, InterruptedException {
    ReplayJob job;
    SegmentChoice choice;
    ReplayJob known;
    synchronized (jobs) {
      known = jobs.get(id);
    }
    if (known != null) {
      return again(known, request);
    }
    synchronized (jobs) {
      if (jobs.containsKey(id)) {
        throw new JobRefusal(Kind.CONFLICT, "replay " + id + " is being started: ask again");
      }
      long underWay =
          jobs.values().stream().filter(each -> !each.document().state().isOver()).count();
      if (underWay >= MOST_UNDER_WAY) {
        throw new JobRefusal(
            Kind.CONFLICT, MOST_UNDER_WAY + " replays are under way already: stop one first");
      }
      (request.isForced() ? Optional.<String>empty() : objection(request))
          .ifPresent(sentence -> {
            throw new JobRefusal(Kind.CONFLICT, sentence);
          });
      choice = recordings.choose(request.recording(), request.segments());
      Path own = directory.resolve(id.toString());
      if (Files.exists(own, LinkOption.NOFOLLOW_LINKS)) {
        throw new JobRefusal(
            Kind.CONFLICT,
            "the directory of replay " + id + " is there and damaged: choose a new id");
      }
      job =
          ReplayJob.create(
              own, ReplayDocument.create(id, Instant.now(), user, request, choice), changes);
      jobs.put(id, job);
    }
    boolean started = false;
    try {
      JobFiles.makePrivate(job.directory());
      job.save();
      job.start(starter, order(id, request, choice));
      started = true;
    } catch (StartRefusedException | IllegalArgumentException refused) {
      throw new JobRefusal(Kind.IMPOSSIBLE, String.valueOf(refused.getMessage()), refused);
    } finally {
      if (!started) {
        forget(job);
      }
    }
    // Whatever happens from here on, it is there to be seen and stopped.
    var _ = job.awaitBeginning(BEGINNING);
    Optional<String> refusal = job.refusal();
    if (refusal.isPresent()) {
      forget(job);
      throw new JobRefusal(Kind.IMPOSSIBLE, refusal.get());
    }
    return new Created(job.document(), true);
  }

  /** Asked for once more: what comes of it is told as to who asked first. */
  private static Created again(ReplayJob known, ReplayRequest request) throws InterruptedException {
    if (!known.document().request().equals(request)) {
      throw new JobRefusal(
          Kind.CONFLICT,
          "replay " + known.document().id() + " is another: choose a new id for this one");
    }
    var _ = known.awaitBeginning(BEGINNING);
    known
        .refusal()
        .ifPresent(sentence -> {
          throw new JobRefusal(Kind.IMPOSSIBLE, sentence);
        });
    return new Created(known.document(), false);
  }

  private void forget(ReplayJob job) throws IOException {
    synchronized (jobs) {
      jobs.remove(job.document().id());
      deleteFiles(job);
    }
    changes.tell();
  }

  private static JobOrder order(UUID id, ReplayRequest request, SegmentChoice choice) {
    return JobOrder.replay(
        id,
        request.options(),
        request.recording(),
        choice.files().stream().map(file -> file.getFileName().toString()).toList());
  }

  /** Why an interface must not be played to, if so. */
  private Optional<String> objection(ReplayRequest request) throws InterruptedException {
    for (RecordingView recording : recordings.all()) {
      if (recording.isUnderWay()
          && recording.interfaceName().equals(request.interfaceName())
          && recording.netns().equals(Optional.ofNullable(request.netns()))) {
        return Optional.of(
            request.interfaceName()
                + " is being recorded by '"
                + recording.request().name()
                + "': name another interface, or stop that recording");
      }
    }
    return look(request).flatMap(nic -> objection(request.interfaceName(), nic));
  }

  private static Optional<String> objection(String name, NicLook nic) {
    if (!nic.exists()) {
      // Also one that has this for another name: by that it would pass for one not recorded.
      throw new JobRefusal(
          Kind.IMPOSSIBLE, "there is no interface '" + name + "' there: see 'ip link'");
    }
    return nic.isTapNic()
        ? Optional.of(name + " is the NIC of a mirror; name another interface")
        : Optional.empty();
  }

  /** Empty if it cannot be looked at: the player will say why. */
  private Optional<NicLook> look(ReplayRequest request) throws InterruptedException {
    try {
      return Optional.of(
          starter.look(
              request.interfaceName(),
              Optional.ofNullable(request.netns()).map(NetworkNamespace::new)));
    } catch (IOException unseen) {
      return Optional.empty();
    }
  }

  /**
   * Ends a replay.
   *
   * @return as it is once it is over, or after that time
   */
  public ReplayDocument stop(UUID id, Duration patience) throws IOException, InterruptedException {
    ReplayJob job = job(id);
    job.stop();
    var _ = job.awaitEnd(patience);
    return job.document();
  }

  /** Sends nothing more of a replay until it is resumed. */
  public ReplayDocument pause(UUID id, Duration patience) throws InterruptedException {
    return order(id, order("pause"), true, patience);
  }

  /** Goes on with a replay that was paused. */
  public ReplayDocument resume(UUID id, Duration patience) throws InterruptedException {
    return order(id, order("resume"), false, patience);
  }

  /**
   * Pauses a replay, and sends its next frames at once.
   *
   * @param frames at least 1
   */
  public ReplayDocument step(UUID id, long frames, Duration patience) throws InterruptedException {
    if (frames < 1) {
      throw new IllegalArgumentException("frames are 1 or more, not " + frames);
    }
    return order(id, order("step").put("frames", frames), true, patience);
  }

  /** Goes on with a replay at another pace. */
  public ReplayDocument changePace(UUID id, ReplayPace pace) {
    ObjectNode order = order("pace");
    Bounds.maybe(pace.speed()).ifPresent(speed -> order.put("speed", speed));
    Bounds.maybe(pace.pps()).ifPresent(rate -> order.put("pps", rate));
    Bounds.maybe(pace.mbps()).ifPresent(rate -> order.put("mbps", rate));
    Bounds.maybe(pace.topspeed()).ifPresent(is -> order.put("topspeed", is));
    ReplayJob job = job(id);
    job.order(order);
    return job.document();
  }

  private static ObjectNode order(String name) {
    return JsonNodeFactory.instance.objectNode().put("order", name);
  }

  private ReplayDocument order(UUID id, ObjectNode order, boolean paused, Duration patience)
      throws InterruptedException {
    ReplayJob job = job(id);
    job.order(order);
    var _ = job.awaitPaused(paused, patience);
    return job.document();
  }

  /**
   * Forgets a replay that is over.
   *
   * @throws JobRefusal if it is not
   */
  public void delete(UUID id) throws IOException {
    ReplayJob job = job(id);
    synchronized (jobs) {
      if (!job.document().state().isOver()) {
        throw new JobRefusal(Kind.CONFLICT, "it is not over: stop it first");
      }
      deleteFiles(job);
      jobs.remove(id);
    }
    changes.tell();
  }

  private static void deleteFiles(ReplayJob job) throws IOException {
    Path own = job.directory();
    if (!Files.isDirectory(own, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    job.files().delete();
    Files.deleteIfExists(own.resolve("job.json.draft"));
    Files.deleteIfExists(own.resolve("job.json"));
    try {
      Files.delete(own);
    } catch (DirectoryNotEmptyException others) {
      LOG.warn("{} holds files of others, which are left", own);
    }
  }

  /** Lets go of all replays; those that are under way go on without us. */
  @Override
  public void close() {
    List<ReplayJob> known;
    synchronized (jobs) {
      known = List.copyOf(jobs.values());
    }
    try {
      for (ReplayJob job : known) {
        job.letGo();
      }
    } catch (InterruptedException hurry) {
      Thread.currentThread().interrupt();
    }
  }
}
