package io.tapdeck.capture.segment;

import io.tapdeck.capture.archive.ArchiveChannel;
import io.tapdeck.capture.archive.ArchiveWriter;
import io.tapdeck.capture.archive.Compression;
import io.tapdeck.capture.archive.Sha256;
import io.tapdeck.capture.os.PageCache;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Hashes and compresses one segment after the other. Each is read once, in large pieces; its
 * compressed form is written beside it, read back from the disk and compared, and only then takes
 * its place, in the steps of {@link CompressionRecovery}. For one thread.
 */
final class Archival implements AutoCloseable {
  /** Of a file system, how much is left to others: a fiftieth. */
  private static final long RESERVED_PART = 50;

  /** Bytes of a segment after which its compressed form goes to the disk. */
  private static final long SYNC = 64 << 20;

  private final Path directory;
  private final ArchiveSettings settings;
  private final BooleanSupplier ending;
  private final Throttle throttle;
  private final ByteBuffer piece = ByteBuffer.allocateDirect(ArchiveWriter.PIECE);
  private final @Nullable ArchiveWriter writer;

  /**
   * @param pressed whether others need the disk now
   * @param ending whether to leave undone what is being done
   */
  Archival(
      Path directory, ArchiveSettings settings, BooleanSupplier pressed, BooleanSupplier ending) {
    this.directory = directory;
    this.settings = settings;
    this.ending = ending;
    this.throttle = new Throttle(settings.bytesPerSecond().bytes(), pressed, ending);
    this.writer =
        settings.compression() == Compression.NONE
            ? null
            : ArchiveWriter.of(settings.compression());
  }

  /**
   * What became of a segment.
   *
   * @param changed its sidecar, if anything was done
   * @param problem what could not be done, a line
   * @param again whether it may go better later
   */
  record Outcome(Optional<Sidecar> changed, Optional<String> problem, boolean again) {
    private static final Outcome NOTHING = new Outcome(Optional.empty(), Optional.empty(), false);

    private static Outcome left(String problem) {
      return new Outcome(Optional.empty(), Optional.of(problem), false);
    }
  }

  /** That it is to end. */
  private static final class EndingException extends IOException {
    private static final long serialVersionUID = 1L;
  }

  /**
   * Does what is to be done to a segment; nothing if that was done, or it is not there any more.
   *
   * @throws IOException if it cannot be read, or its sidecar not be written; it is as it was then
   */
  Outcome archive(SegmentName name) throws IOException {
    Optional<Path> file = name.findIn(directory);
    Path sidecar = name.sidecarIn(directory);
    if (file.isEmpty() || !Files.isRegularFile(sidecar, LinkOption.NOFOLLOW_LINKS)) {
      return Outcome.NOTHING;
    }
    Optional<Sidecar> before =
        SidecarFile.read(sidecar).filter(read -> read.file().equals(name.fileName()));
    if (before.isEmpty() || !SegmentArchiver.isUndone(settings, before.get())) {
      return Outcome.NOTHING;
    }
    try {
      return file.get().equals(name.in(directory))
          ? archive(name, file.get(), before.get())
          : hashCompressed(name, file.get(), before.get());
    } catch (EndingException | NoSuchFileException undoneOrRemoved) {
      return Outcome.NOTHING;
    } finally {
      deleteDraft(name);
    }
  }

  private Outcome archive(SegmentName name, Path file, Sidecar before) throws IOException {
    boolean compress = writer != null && before.stored() == null;
    Optional<String> objection = compress ? objection(name, before) : Optional.empty();
    if (objection.isPresent() && before.sha256() != null) {
      return new Outcome(Optional.empty(), objection, true);
    }
    ArchiveWriter.@Nullable Written written = null;
    String hash;
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        PageCache cache = PageCache.of(file)) {
      if (channel.size() != before.bytes()) {
        return Outcome.left(sizeDiffers(file, channel.size(), before));
      }
      if (writer != null && compress && objection.isEmpty()) {
        Draft draft = new Draft(name, writer);
        hash = read(channel, cache, draft);
        objection = draft.failure();
        written = draft.written();
      } else {
        hash = read(channel, cache, null);
      }
    }
    if (before.sha256() != null && !before.sha256().equals(hash)) {
      return Outcome.left(file + " has changed since it was hashed: it is left as it is");
    }
    if (written != null) {
      Path draft = name.draftIn(directory, settings.compression());
      if (!hash.equals(hashOf(draft, before))) {
        return Outcome.left(draft + " does not read as it was written: " + file + " stays");
      }
    }
    Optional<Sidecar> after = finish(name, hash, written);
    return new Outcome(after.filter(now -> !now.equals(before)), objection, objection.isPresent());
  }

  /** A segment that recovery found compressed, and without a sidecar. */
  private Outcome hashCompressed(SegmentName name, Path file, Sidecar before) throws IOException {
    if (before.sha256() != null) {
      return Outcome.NOTHING;
    }
    String hash = hashOf(file, before);
    return new Outcome(finish(name, hash, null), Optional.empty(), false);
  }

  private static String sizeDiffers(Path file, long bytes, Sidecar sidecar) {
    return "%s has %d bytes, its sidecar says %d: it is left as it is"
        .formatted(file, bytes, sidecar.bytes());
  }

  /** Why a segment is not compressed now, if so. */
  private Optional<String> objection(SegmentName name, Sidecar sidecar) throws IOException {
    Path compressed = name.in(directory, settings.compression());
    if (Files.exists(compressed, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.of(compressed + " is there, and not ours: the segment is not compressed");
    }
    // It may not become smaller, and the recorder is not to run out of room for our sake.
    FileStore store = Files.getFileStore(directory);
    long reserved = store.getTotalSpace() / RESERVED_PART;
    return store.getUsableSpace() - reserved < sidecar.bytes()
        ? Optional.of(
            "segments stay uncompressed: too little of the disk is free for another copy of one")
        : Optional.empty();
  }

  /** Reads all of a segment; returns its hash. */
  private String read(FileChannel channel, PageCache cache, @Nullable Draft draft)
      throws IOException {
    Sha256 hash = new Sha256();
    try (draft) {
      long at = 0;
      while (fill(channel)) {
        int count = piece.remaining();
        hash.update(piece.duplicate());
        if (draft != null) {
          draft.write(piece);
        }
        cache.drop(at, count);
        at += count;
        spend(count);
      }
      if (draft != null) {
        draft.finish();
      }
    }
    return hash.hex();
  }

  /** Fills the piece, unless the end comes before. Returns false if there is nothing any more. */
  private boolean fill(SeekableByteChannel channel) throws IOException {
    piece.clear();
    while (piece.hasRemaining() && channel.read(piece) >= 0) {
      // A piece is to be whole: it becomes a frame.
    }
    return piece.flip().hasRemaining();
  }

  private void spend(long bytes) throws EndingException {
    throttle.spend(bytes);
    if (ending.getAsBoolean()) {
      throw new EndingException();
    }
  }

  /** The hash of what a compressed file holds, as it is on the disk. */
  private String hashOf(Path compressed, Sidecar sidecar) throws IOException {
    Sha256 hash = new Sha256();
    try (PageCache cache = PageCache.of(compressed)) {
      cache.drop(0, 0);
      FileChannel file =
          FileChannel.open(compressed, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
      double ratio = (double) file.size() / Math.max(1, sidecar.bytes());
      long bytes = 0;
      try (SeekableByteChannel content = ArchiveChannel.open(file, compressed.toString())) {
        while (fill(content) && bytes <= sidecar.bytes()) {
          bytes += piece.remaining();
          long read = (long) (piece.remaining() * ratio);
          hash.update(piece);
          spend(read);
        }
      }
      cache.drop(0, 0);
      if (bytes != sidecar.bytes()) {
        throw new IOException(sizeDiffers(compressed, bytes, sidecar));
      }
    }
    return hash.hex();
  }

  /** Has the sidecar say it, and the compressed file take its place. */
  private Optional<Sidecar> finish(
      SegmentName name, String hash, ArchiveWriter.@Nullable Written written) throws IOException {
    try (HeldSidecar held = HeldSidecar.hold(directory, name)) {
      if (name.findIn(directory).isEmpty()) {
        return Optional.empty();
      }
      Sidecar hashed = held.sidecar().withSha256(hash);
      if (written == null) {
        held.replace(hashed);
        return Optional.of(held.sidecar());
      }
      Compression compression = settings.compression();
      Sidecar.Stored stored =
          new Sidecar.Stored(
              name.fileName(compression), compression, written.bytes(), written.sha256());
      try {
        held.replace(hashed.withStored(stored));
        Files.move(
            name.draftIn(directory, compression),
            name.in(directory, compression),
            StandardCopyOption.ATOMIC_MOVE);
        SegmentFiles.forceDirectory(directory);
        Files.delete(name.in(directory));
        SegmentFiles.forceDirectory(directory);
      } catch (IOException failed) {
        Optional<String> _ = CompressionRecovery.of(directory, name, held);
        throw failed;
      }
      return Optional.of(held.sidecar());
    }
  }

  private void deleteDraft(SegmentName name) throws IOException {
    if (writer != null) {
      Files.deleteIfExists(name.draftIn(directory, settings.compression()));
    }
  }

  @Override
  public void close() {
    if (writer != null) {
      writer.close();
    }
  }

  /** A compressed file while it is written. That it cannot be written is no reason not to hash. */
  private final class Draft implements AutoCloseable {
    private final ArchiveWriter writer;
    private @Nullable FileChannel file;
    private ArchiveWriter.@Nullable Written written;
    private Optional<String> failure = Optional.empty();
    private long unsynced;

    Draft(SegmentName name, ArchiveWriter writer) {
      this.writer = writer;
      attempt(() -> {
        FileChannel made = SegmentFiles.create(name.draftIn(directory, settings.compression()));
        file = made;
        writer.begin(made);
      });
    }

    private interface Step {
      void run() throws IOException;
    }

    private void attempt(Step step) {
      if (failure.isPresent()) {
        return;
      }
      try {
        step.run();
      } catch (IOException failed) {
        failure = Optional.of("segments stay uncompressed: " + Retention.words(failed));
      }
    }

    void write(ByteBuffer content) {
      unsynced += content.remaining();
      attempt(() -> {
        writer.write(content);
        if (file != null && unsynced >= SYNC) {
          // Little by little: the recorder's writes are not to wait behind all of it.
          file.force(false);
          unsynced = 0;
        }
      });
    }

    void finish() {
      attempt(() -> {
        ArchiveWriter.Written all = writer.finish();
        if (file != null) {
          file.force(true);
        }
        written = all;
      });
    }

    Optional<String> failure() {
      return failure;
    }

    ArchiveWriter.@Nullable Written written() {
      return written;
    }

    @Override
    public void close() throws IOException {
      if (file != null) {
        file.close();
      }
    }
  }
}
