package io.tapdeck.capture.doctor;

import io.tapdeck.capture.os.DirectFile;
import io.tapdeck.capture.os.Errno;
import io.tapdeck.capture.os.NativeBuffer;
import io.tapdeck.capture.os.OsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How fast a directory's file system takes what a recorder writes: a file is written in pieces of 4
 * MiB, past the page cache (O_DIRECT, open(2)) where the file system takes that, else through it
 * with fsync(2) every 16 MiB. What fsync(2) takes at the end counts, too.
 *
 * <p>The file has no name any more while it is written: however the process ends, the space is free
 * again.
 */
final class DiskTrial implements AutoCloseable {
  /** What is written at a time. */
  static final int PIECE_BYTES = 4 << 20;

  /** Through the page cache, so many pieces are written before it is waited for the disk. */
  private static final int PIECES_A_SYNC = 4;

  private static final Set<OpenOption> CREATE_NEW =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final NativeBuffer piece = new NativeBuffer(PIECE_BYTES);
  private final FileChannel channel;
  private @Nullable DirectFile direct;

  /** Why the file system does not take O_DIRECT, once that was found out. */
  private String directRefusal = "";

  private DiskTrial(Path directory) throws IOException {
    ByteBuffer bytes = piece.bytes();
    // Nothing that a file system could leave out or pack.
    SplittableRandom random = new SplittableRandom(1);
    while (bytes.hasRemaining()) {
      bytes.putLong(random.nextLong());
    }
    Path file = directory.resolve(".tapdeck-doctor-" + UUID.randomUUID());
    channel = FileChannel.open(file, CREATE_NEW, OWNER_ONLY);
    try {
      direct = DirectFile.open(file);
    } catch (OsException refused) {
      directRefusal = Errno.text(refused.errno());
    } finally {
      Files.delete(file);
    }
  }

  /**
   * Measures.
   *
   * @param largest no more bytes are written; less than a piece means only that O_DIRECT is tried
   * @param longest no further piece is begun after this time
   * @throws IOException if nothing can be written there
   */
  static DiskSpeed run(Path directory, long largest, Duration longest) throws IOException {
    try (DiskTrial trial = new DiskTrial(directory)) {
      trial.tryDirect();
      return trial.measure(largest, longest);
    }
  }

  /** Some file systems take the flag, and refuse the first write. */
  private void tryDirect() throws IOException {
    DirectFile past = direct;
    if (past != null) {
      try {
        past.write(piece, 0, DirectFile.ALIGNMENT, 0);
      } catch (OsException refused) {
        if (refused.errno() == Errno.ENOSPC) {
          // It takes them, once there is room.
          return;
        }
        if (refused.errno() != Errno.EINVAL) {
          throw refused;
        }
        directRefusal = Errno.text(refused.errno());
        past.close();
        direct = null;
      }
    }
  }

  private DiskSpeed measure(long largest, Duration longest) throws IOException {
    long begin = System.nanoTime();
    long end = begin;
    long slowest = 0;
    long written = 0;
    for (int pieces = 1; written + PIECE_BYTES <= largest; pieces++) {
      long before = end;
      writePiece(written);
      written += PIECE_BYTES;
      if (direct == null && pieces % PIECES_A_SYNC == 0) {
        channel.force(false);
      }
      end = System.nanoTime();
      slowest = Math.max(slowest, end - before);
      if (end - begin >= longest.toNanos()) {
        break;
      }
    }
    channel.force(false);
    return new DiskSpeed(
        direct != null,
        directRefusal,
        written,
        Duration.ofNanos(System.nanoTime() - begin),
        Duration.ofNanos(slowest));
  }

  private void writePiece(long at) throws IOException {
    DirectFile past = direct;
    if (past == null) {
      ByteBuffer bytes = piece.bytes().clear();
      while (bytes.hasRemaining()) {
        channel.write(bytes, at + bytes.position());
      }
      return;
    }
    for (int done = 0; done < PIECE_BYTES; ) {
      int wrote = past.write(piece, done, PIECE_BYTES - done, at + done);
      if (wrote < DirectFile.ALIGNMENT) {
        throw new OsException("write " + PIECE_BYTES + " bytes", Errno.ENOSPC);
      }
      done += wrote - wrote % DirectFile.ALIGNMENT;
    }
  }

  /** What failed, in the system's own words where there are some. */
  static String reason(IOException failed) {
    return switch (failed) {
      case AccessDeniedException _ -> Errno.text(Errno.EACCES);
      case OsException call -> Errno.text(call.errno());
      case FileSystemException system when system.getReason() != null -> system.getReason();
      default -> String.valueOf(failed.getMessage());
    };
  }

  @Override
  public void close() throws IOException {
    if (direct != null) {
      direct.close();
    }
    channel.close();
  }
}
