package io.tapdeck.capture.recording;

import io.tapdeck.capture.netif.NetworkInterface;
import io.tapdeck.capture.os.Errno;
import io.tapdeck.capture.os.NetworkNamespace;
import io.tapdeck.capture.os.OsException;
import io.tapdeck.capture.segment.Retention;
import io.tapdeck.capture.segment.SegmentDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A recording that goes on: an interface's frames are written to segments in a directory until it
 * is stopped, reaches a limit, or cannot go on. It has a thread of its own, which is in the
 * interface's network namespace. Every method may be called by any thread.
 */
public final class Recording {
  private final Recorder recorder;
  private final SegmentDirectory.Recovery recovery;
  private final long ringBytes;
  private final CompletableFuture<RecordingSummary> ended = new CompletableFuture<>();

  private Recording(Recorder recorder, SegmentDirectory.Recovery recovery, long ringBytes) {
    this.recorder = recorder;
    this.recovery = recovery;
    this.ringBytes = ringBytes;
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
    // Here, so that its thread is not one of the namespace.
    SegmentPublisher publisher = new SegmentPublisher(listener);
    CompletableFuture<Recording> started = new CompletableFuture<>();
    Thread.ofPlatform()
        .name("recorder-" + settings.interfaceName())
        .start(() -> record(settings, publisher, started));
    try {
      return started.get();
    } catch (ExecutionException failed) {
      publisher.finish();
      throw refusal(settings, failed.getCause());
    }
  }

  /** Ends it, with every frame that the kernel has counted until now; does not wait. */
  public void stop() {
    recorder.stop();
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

  /** The recorder's thread, from beginning to end. */
  private static void record(
      RecordingSettings settings,
      SegmentPublisher publisher,
      CompletableFuture<Recording> started) {
    try (SegmentDirectory directory = hold(settings.directory())) {
      enter(settings);
      NetworkInterface nic = interfaceThatIsUp(settings);
      try (LiveCapture capture = LiveCapture.open(settings, nic)) {
        SegmentDirectory.Recovery recovery = directory.recover();
        Recorder recorder = new Recorder(settings, directory, nic, capture, publisher);
        Recording recording = new Recording(recorder, recovery, capture.ringBytes());
        if (settings.keep().isAny()) {
          publisher.keep(new Retention(directory.path(), settings.keep()));
        }
        started.complete(recording);
        recording.run();
      }
    } catch (Throwable refused) {
      // Also an Error: whoever waits for the beginning would wait for ever.
      started.completeExceptionally(refused);
    }
  }

  private void run() {
    try {
      while (recorder.doWork()) {
        // One round after the other.
      }
      ended.complete(recorder.finish());
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
          "directory " + directory + " may not be written by this user: choose another");
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

  private static NetworkInterface interfaceThatIsUp(RecordingSettings settings)
      throws RecordingRefusedException {
    NetworkInterface nic = new NetworkInterface(settings.interfaceName());
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
            .formatted(settings.interfaceName(), settings.directory(), words),
        cause == null ? new IllegalStateException("no cause") : cause);
  }
}
