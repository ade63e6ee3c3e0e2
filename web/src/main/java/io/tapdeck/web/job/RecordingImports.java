package io.tapdeck.web.job;

import io.tapdeck.capture.segment.ImportRefusedException;
import io.tapdeck.capture.segment.SegmentImport;
import io.tapdeck.capture.segment.Sidecar;
import io.tapdeck.web.job.JobRefusal.Kind;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Captures that others made, taken in as recordings that have ended. Each is put together in a
 * directory of its own beside the recordings, {@code <UUID>.part}, which becomes the recording's at
 * once or not at all: whatever ends it before, nothing of it is left. What a recording that is
 * under way keeps free stays free, too: else its retention would delete its segments for them. Any
 * thread may use it.
 */
public final class RecordingImports {
  private static final String UNFINISHED = ".part";
  private static final Pattern LEFT =
      Pattern.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\\.part");

  /** Each has up to 128 MiB of memory for what it is compressed with. */
  private static final int MOST_AT_ONCE = 4;

  private final Recordings recordings;
  private final Limits limits;
  private final Semaphore free = new Semaphore(MOST_AT_ONCE);

  /**
   * What is taken in at most.
   *
   * @param bytes of a file as it comes, compressed or not
   * @param contentBytes of it once it is decompressed
   * @param keepFree percent of the file system that stay free at least
   */
  public record Limits(long bytes, long contentBytes, int keepFree) {
    /** Where nobody says otherwise. */
    public static final Limits USUAL = new Limits(16L << 30, 64L << 30, 5);

    /**
     * @throws IllegalArgumentException if a value is out of bounds
     */
    public Limits {
      if (bytes < 1) {
        throw new IllegalArgumentException("an upload has at least a byte");
      }
      var _ = new SegmentImport.Limits(contentBytes, keepFree);
    }

    private SegmentImport.Limits ofSegment(int keptFree) {
      return new SegmentImport.Limits(contentBytes, Math.max(keepFree, keptFree));
    }
  }

  /** Takes in recordings of those. */
  public RecordingImports(Recordings recordings, Limits limits) {
    this.recordings = recordings;
    this.limits = limits;
  }

  /** What is taken in at most. */
  public Limits limits() {
    return limits;
  }

  /** Where it comes from: nothing is read before it is certain that it may be. */
  public interface Capture {
    /** How many bytes it will have; 0 if nobody knows. */
    long length();

    /** Its bytes, as they come. */
    ReadableByteChannel open() throws IOException;

    /** Asked once all of it is there: throws if it is not to become a recording after all. */
    void checkAgain();
  }

  /**
   * Takes one in.
   *
   * @param id chosen by who asks
   * @param name what the recording is to be called
   * @throws IllegalArgumentException if it cannot be called so
   * @throws JobRefusal if there is a recording of this id, or there are too many imports now
   * @throws ImportRefusedException if it is no capture, or there is no room for it
   */
  public RecordingView take(UUID id, String name, String user, Capture capture) throws IOException {
    RecordingRequest request = RecordingRequest.imported(name);
    recordings.checkIsNew(id);
    if (!free.tryAcquire()) {
      throw new JobRefusal(
          Kind.UNAVAILABLE, "there are " + MOST_AT_ONCE + " uploads already: try again later");
    }
    try {
      return take(id, request, user, capture);
    } finally {
      free.release();
    }
  }

  private RecordingView take(UUID id, RecordingRequest request, String user, Capture capture)
      throws IOException {
    Path own = recordings.directory().resolve(id + UNFINISHED);
    SegmentImport.Limits ofThis = limits.ofSegment(recordings.keptFree());
    ofThis.checkRoom(Files.getFileStore(recordings.directory()), capture.length());
    try {
      JobFiles.makePrivate(own);
    } catch (FileAlreadyExistsException other) {
      throw new JobRefusal(
          Kind.CONFLICT, "recording " + id + " is being uploaded: choose a new id for this one");
    }
    try {
      Instant begun = Instant.now();
      Sidecar segment = SegmentImport.take(capture.open(), "the upload", own, 1, ofThis);
      capture.checkAgain();
      RecordingDocument document =
          RecordingDocument.imported(id, user, request, segment, begun, Instant.now());
      return recordings.adopt(own, document);
    } finally {
      delete(own);
    }
  }

  /** Removes what a process that was killed left of those it was taking in. */
  static void deleteLeft(Path recordings) throws IOException {
    List<Path> left;
    try (Stream<Path> all = Files.list(recordings)) {
      left = all.filter(path -> LEFT.matcher(path.getFileName().toString()).matches()).toList();
    }
    for (Path each : left) {
      delete(each);
    }
  }

  /** It holds files alone: nothing else was ever put there. */
  private static void delete(Path directory) throws IOException {
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    List<Path> files;
    try (Stream<Path> all = Files.list(directory)) {
      files = all.toList();
    }
    for (Path file : files) {
      Files.delete(file);
    }
    Files.delete(directory);
  }
}
