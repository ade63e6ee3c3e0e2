package io.tapdeck.capture.recording;

import io.tapdeck.capture.netif.NetworkInterface;
import io.tapdeck.capture.os.Errno;
import io.tapdeck.capture.os.NetworkNamespace;
import io.tapdeck.capture.os.OsException;
import io.tapdeck.capture.os.ThreadPriority;
import io.tapdeck.capture.segment.DirectIo;
import io.tapdeck.capture.segment.Obstacle;
import io.tapdeck.capture.segment.Origin;
import io.tapdeck.capture.segment.RetentionLimits;
import io.tapdeck.capture.segment.SegmentDirectory;
import io.tapdeck.capture.segment.Sidecar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A recording that goes on: an interface's frames are written to segments in a directory until it
 * is stopped, reaches a limit, or cannot go on. It has a thread of its own, which is in the
 * interface's network namespace. Every method may be called by any thread.
 */
public final class Recording {
  private final Recorder recorder;
  private final Pipeline pipeline;
  private final Path directory;
  private final SegmentDirectory.Recovery recovery;
  private final long ringBytes;
  private final List<String> warnings;
  private final CompletableFuture<RecordingSummary> ended = new CompletableFuture<>();
  private volatile RetentionLimits kept;

  private Recording(
      RecordingSettings settings,
      Recorder recorder,
      Pipeline pipeline,
      SegmentDirectory.Recovery recovery,
      long ringBytes,
      List<String> warnings) {
    this.recorder = recorder;
    this.pipeline = pipeline;
    this.directory = settings.directory();
    this.kept = settings.keep();
    this.recovery = recovery;
    this.ringBytes = ringBytes;
    this.warnings = warnings;
  }

  /** Starts a recording whose segments nobody is told of. */
  public static Recording start(RecordingSettings settings)
      throws RecordingRefusedException, InterruptedException {
    return start(settings, SegmentListener.NONE);
  }

  /**
   * Starts a recording. What an earlier one left unfinished in the directory is finished first.
   *
   * @return when frames are being let in
   * @throws RecordingRefusedException if it cannot begin; no segment was begun then
   */
  public static Recording start(RecordingSettings settings, SegmentListener listener)
      throws RecordingRefusedException, InterruptedException {
    Pipeline pipeline;
    try {
      pipeline = new Pipeline(settings, listener);
    } catch (OsException | LinkageError failed) {
      throw refusal(settings, failed);
    }
    CompletableFuture<Recording> started = new CompletableFuture<>();
    Thread.ofPlatform()
        .name("recorder-" + settings.interfaceNames().getFirst())
        .start(() -> record(settings, listener, pipeline, started));
    try {
      return started.get();
    } catch (ExecutionException failed) {
      pipeline.finish();
      throw refusal(settings, failed.getCause());
    }
  }

  /** Ends it, with every frame that the kernel has counted until now; does not wait. */
  public void stop() {
    recorder.stop();
  }

  /**
   * From now on keeps so much of the directory's complete segments, also those of before; without a
   * limit, all. Does not wait, and costs no frame.
   */
  public synchronized void keep(RetentionLimits limits) {
    kept = limits;
    pipeline.keep(directory, limits);
  }

  /** How much of the directory's complete segments is kept. */
  public RetentionLimits kept() {
    return kept;
  }

  /** Waits until it has ended and every segment is complete. */
  public RecordingSummary await() throws InterruptedException {
    try {
      return ended.get();
    } catch (ExecutionException mistake) {
      throw new IllegalStateException(mistake.getCause());
    }
  }

  /**
   * Waits as long as given.
   *
   * @return whether it has ended, and {@link #await} will not wait
   */
  public boolean awaitFor(Duration timeout) throws InterruptedException {
    try {
      ended.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException goesOn) {
      return false;
    } catch (ExecutionException mistake) {
      throw new IllegalStateException(mistake.getCause());
    }
  }

  /** How far it is. */
  public RecordingProgress progress() {
    return recorder.progress();
  }

  /** What was left unfinished in the directory, and is now finished. */
  public SegmentDirectory.Recovery recovery() {
    return recovery;
  }

  /** How many bytes of ring the kernel gave, which can be less than was asked for; 0: unknown. */
  public long ringBytes() {
    return ringBytes;
  }

  /** In what way the recording will differ from what was on the wire: a line each, for people. */
  public List<String> warnings() {
    return warnings;
  }

  /** Whether segments are written through the page cache although they need not be. */
  public boolean isDirectRefused() {
    return pipeline.disk.isDirectRefused();
  }

  /** The recorder's thread, from beginning to end. */
  private static void record(
      RecordingSettings settings,
      SegmentListener listener,
      Pipeline pipeline,
      CompletableFuture<Recording> started) {
    List<InterfaceCapture> sources = new ArrayList<>();
    try (SegmentDirectory directory = hold(settings.directory())) {
      enter(settings);
      for (String name : settings.interfaceNames()) {
        sources.add(InterfaceCapture.open(settings, interfaceThatIsUp(settings, name)));
      }
      refuseWithoutDirectIo(settings);
      SegmentDirectory.Recovery recovery = directory.recover();
      Recorder recorder =
          new Recorder(
              settings,
              origin(settings),
              sources,
              pipeline.disk,
              pipeline,
              pipeline.wait,
              directory.nextNumber(),
              Recorder::machineClock,
              gapsOf(settings, recovery),
              listener::changed);
      if (settings.archive().isAny()) {
        pipeline.archiveIn(directory.path(), settings.archive());
      }
      pipeline.keep(directory.path(), settings.keep());
      Rehearsal.hold(settings, pipeline.blocks);
      pipeline.awaitMemory();
      // The ring is full after a tenth of a second; everybody else can wait longer.
      boolean _ = ThreadPriority.takePrecedence();
      recorder.begin();
      long ring = sources.stream().mapToLong(FrameSource::ringBytes).min().orElse(0);
      List<String> warnings =
          sources.stream().flatMap(source -> source.warnings().stream()).toList();
      Recording recording = new Recording(settings, recorder, pipeline, recovery, ring, warnings);
      started.complete(recording);
      recording.run();
    } catch (Throwable refused) {
      // Before anybody hears of it, who may end this process: offloads are put back.
      sources.forEach(FrameSource::close);
      // Also an Error: whoever waits for the beginning would wait for ever.
      started.completeExceptionally(refused);
    } finally {
      sources.forEach(FrameSource::close);
    }
  }

  /** What segments say of where they come from. */
  static Origin origin(RecordingSettings settings) {
    return new Origin(
        settings.recording(),
        String.join(",", settings.interfaceNames()),
        settings.namespace().map(named -> named.name()).orElse(null),
        settings.filter(),
        settings.direction().name().toLowerCase(Locale.ROOT),
        settings.snaplen(),
        settings.rotateSize().bytes(),
        settings.rotateEvery().map(Duration::toString).orElse(null));
  }

  /** A recorder of this recording that was killed saw nothing since its last frame. */
  private static List<Sidecar.Gap> gapsOf(
      RecordingSettings settings, SegmentDirectory.Recovery recovery) {
    return recovery.recovered().stream()
        .filter(
            left -> left.origin() != null && left.origin().recording().equals(settings.recording()))
        .flatMap(left -> Stream.ofNullable(left.last()))
        .max(Comparator.naturalOrder())
        .map(last -> new Sidecar.Gap(last, Instant.now(), "no recorder was running"))
        .stream()
        .toList();
  }

  private static void refuseWithoutDirectIo(RecordingSettings settings)
      throws RecordingRefusedException, IOException {
    if (settings.directIo() == DirectIo.ON && !DirectIo.isTakenIn(settings.directory())) {
      throw new RecordingRefusedException(
          "the file system of %s takes no direct writes: choose another directory, or --direct-io auto"
              .formatted(settings.directory()));
    }
  }

  private void run() {
    try {
      while (recorder.doWork()) {
        // One round after the other.
      }
      recorder.finish();
      Optional<Obstacle> obstacle = pipeline.obstacle();
      SegmentPublisher.Outcome outcome = pipeline.finish();
      pipeline.finishArchive();
      ended.complete(recorder.summary(outcome, obstacle, pipeline.failure()));
    } catch (RuntimeException | Error mistake) {
      ended.completeExceptionally(mistake);
      throw mistake;
    }
  }

  private static SegmentDirectory hold(Path directory)
      throws RecordingRefusedException, IOException {
    if (!Files.isDirectory(directory)) {
      throw new RecordingRefusedException(
          Files.exists(directory)
              ? directory + " is not a directory: name one"
              : "directory " + directory + " does not exist: make it first");
    }
    if (!Files.isWritable(directory)) {
      throw new RecordingRefusedException(
          "directory "
              + directory
              + " cannot be written: it is on a read-only file system, or not this user's; choose"
              + " another");
    }
    return SegmentDirectory.hold(directory)
        .orElseThrow(() ->
            new RecordingRefusedException(
                "another recorder is writing in "
                    + directory
                    + ": choose another directory, or stop it"));
  }

  private static void enter(RecordingSettings settings)
      throws RecordingRefusedException, OsException {
    if (settings.namespace().isEmpty()) {
      return;
    }
    NetworkNamespace namespace = settings.namespace().get();
    try {
      namespace.enter();
    } catch (OsException failed) {
      if (failed.errno() == Errno.ENOENT) {
        throw new RecordingRefusedException(
            "there is no network namespace '%s': see 'ip netns list'".formatted(namespace.name()),
            failed);
      }
      if (failed.lacksPrivilege()) {
        throw new RecordingRefusedException(
            "no privilege to enter network namespace '%s': run as root, or with CAP_SYS_ADMIN"
                .formatted(namespace.name()),
            failed);
      }
      throw failed;
    }
  }

  private static NetworkInterface interfaceThatIsUp(RecordingSettings settings, String name)
      throws RecordingRefusedException {
    NetworkInterface nic = new NetworkInterface(name);
    String option = settings.namespace().map(named -> " -n " + named.name()).orElse("");
    if (!nic.exists()) {
      throw new RecordingRefusedException(
          "there is no interface '%s'%s: see 'ip%s link'"
              .formatted(
                  nic.name(),
                  settings
                      .namespace()
                      .map(named -> " in network namespace '" + named.name() + "'")
                      .orElse(""),
                  option));
    }
    if (!nic.isUp()) {
      throw new RecordingRefusedException(
          "interface %s is down: 'ip%s link set %s up' first"
              .formatted(nic.name(), option, nic.name()));
    }
    return nic;
  }

  private static RecordingRefusedException refusal(
      RecordingSettings settings, @Nullable Throwable cause) {
    if (cause instanceof RecordingRefusedException refused) {
      return refused;
    }
    String message = cause instanceof Exception ? cause.getMessage() : null;
    String words = message == null ? String.valueOf(cause) : message;
    return new RecordingRefusedException(
        "cannot record on %s into %s: %s"
            .formatted(String.join(", ", settings.interfaceNames()), settings.directory(), words),
        cause == null ? new IllegalStateException("no cause") : cause);
  }
}
