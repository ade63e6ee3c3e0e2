package io.tapdeck.capture.archive;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.MemoryLimitException;
import org.tukaani.xz.XZInputStream;

/**
 * What is decompressed from the front only: the members of a gzip file (RFC 1952), the streams of
 * an xz file, the frames of an lz4 file, one after the other; from a pipe, anything.
 */
final class StreamDecoder implements Decoder {
  private static final int PIECE = 1 << 16;

  /** What {@code xz -9} takes is half of it; in KiB, with what xz needs besides a dictionary. */
  private static final int XZ_MEMORY = (128 << 10) + 1024;

  private static final int XZ_MEMORY_MIB = 128;
  private static final int LARGEST_WINDOW_LOG = 27;

  private final Channel channel;
  private final StoredInput stored;
  private final Form form;
  private final String name;
  private final byte[] piece = new byte[PIECE];
  private @Nullable InputStream content;

  /** How the bytes become content. */
  enum Form {
    AS_IT_IS,
    GZIP,
    ZSTD,
    XZ,
    LZ4;

    private InputStream open(StoredInput stored) throws IOException {
      return switch (this) {
        case AS_IT_IS -> stored;
        case GZIP -> new GzipInput(stored);
        case ZSTD -> new ZstdInputStreamNoFinalizer(stored).setLongMax(LARGEST_WINDOW_LOG);
        case XZ -> new XZInputStream(stored, XZ_MEMORY);
        case LZ4 -> new Lz4Input(stored);
      };
    }
  }

  /**
   * @param channel what is read, to be closed at the end
   * @param stored the same as a stream
   */
  StreamDecoder(Channel channel, StoredInput stored, Form form, String name) {
    this.channel = channel;
    this.stored = stored;
    this.form = form;
    this.name = name;
  }

  @Override
  public long start(long position) {
    return 0;
  }

  @Override
  public boolean startsAnywhere() {
    return false;
  }

  @Override
  public boolean startsAgain() {
    return stored.isFile();
  }

  @Override
  public void seek(long position) throws IOException {
    stored.rewind();
    closeContent();
  }

  @Override
  public long taken() {
    return stored.taken();
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    try {
      if (content == null) {
        content = form.open(stored);
      }
      int count = content.read(piece, 0, Math.min(PIECE, into.remaining()));
      if (count < 0 && stored.failed()) {
        throw new IOException(name + " cannot be read to its end");
      }
      if (count > 0) {
        into.put(piece, 0, count);
      }
      return count;
    } catch (EOFException cut) {
      throw new DamagedArchiveException(name + " is damaged: it is cut short", cut);
    } catch (MemoryLimitException large) {
      throw new DamagedArchiveException(
          "%s asks for %d MiB of memory, %d are the limit; unpack it with 'xz -d' first"
              .formatted(name, large.getMemoryNeeded() >> 10, XZ_MEMORY_MIB),
          large);
    } catch (IOException wrong) {
      if (form == Form.AS_IT_IS || stored.failed()) {
        throw wrong;
      }
      throw damaged(wrong);
    } catch (RuntimeException wrong) {
      // The libraries check much of what they read, and let arrays check the rest.
      throw damaged(wrong);
    }
  }

  private DamagedArchiveException damaged(Exception wrong) {
    String why = wrong.getMessage() == null ? "it makes no sense" : wrong.getMessage();
    return new DamagedArchiveException(name + " is damaged: " + why, wrong);
  }

  private void closeContent() throws IOException {
    if (content != null) {
      content.close();
      content = null;
    }
  }

  @Override
  public void close() throws IOException {
    try {
      closeContent();
    } finally {
      channel.close();
    }
  }
}
