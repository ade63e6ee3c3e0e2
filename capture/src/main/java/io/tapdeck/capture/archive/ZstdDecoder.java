package io.tapdeck.capture.archive;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Zstandard frames one after the other (RFC 8878). With a seek table it goes to any frame, and each
 * frame must be what the table says; without one it begins at the front.
 *
 * <p>Frames are decompressed in pieces as they are asked for, so that nobody waits for a whole one.
 * A frame may claim a window of 128 MiB, as for {@code zstd -d}; more is refused before it is
 * allocated.
 */
final class ZstdDecoder implements Decoder {
  private static final int PIECE = 1 << 17;
  private static final int LARGEST_WINDOW_LOG = 27;

  private final FileChannel file;
  private final String name;
  private final @Nullable ZstdSeekTable table;
  private final ZstdDecompressCtx context = new ZstdDecompressCtx();
  private final ByteBuffer input = ByteBuffer.allocateDirect(PIECE).limit(0);

  /** For those whose buffers native code cannot write to. */
  private @Nullable ByteBuffer output;

  /** Of the file, how much has been decompressed, and how much of the content that is. */
  private long consumed;

  private long produced;
  private int frame;
  private boolean withinFrame;

  ZstdDecoder(FileChannel file, String name, @Nullable ZstdSeekTable table) throws IOException {
    this.file = file;
    this.name = name;
    this.table = table;
    seek(0);
  }

  @Override
  public long start(long position) {
    return table == null ? 0 : table.position(table.frameAt(position));
  }

  @Override
  public void seek(long position) throws IOException {
    frame = table == null ? 0 : table.frameAt(position);
    consumed = table == null ? 0 : table.offset(frame);
    produced = start(position);
    withinFrame = false;
    context.reset();
    context.setLongMax(LARGEST_WINDOW_LOG);
    input.clear().limit(0);
    file.position(consumed);
  }

  @Override
  public boolean startsAnywhere() {
    return table != null;
  }

  @Override
  public boolean startsAgain() {
    return true;
  }

  @Override
  public long taken() {
    return consumed;
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    if (into.isDirect()) {
      return decompress(into);
    }
    ByteBuffer piece = output == null ? ByteBuffer.allocateDirect(PIECE) : output;
    output = piece;
    int count = decompress(piece.clear().limit(Math.min(PIECE, into.remaining())));
    into.put(piece.flip());
    return count;
  }

  private int decompress(ByteBuffer into) throws IOException {
    int start = into.position();
    while (into.position() == start) {
      if (!withinFrame && table != null && frame == table.frames()) {
        return -1;
      }
      boolean ended = !input.hasRemaining() && !fill();
      if (ended && !withinFrame) {
        return end();
      }
      // Also without input: there may be output that had no room before.
      step(into);
      if (ended && withinFrame && into.position() == start) {
        throw damaged("it ends within a frame", null);
      }
    }
    return into.position() - start;
  }

  private boolean fill() throws IOException {
    int count = file.read(input.clear());
    input.flip();
    return count > 0;
  }

  private void step(ByteBuffer into) throws IOException {
    int from = input.position();
    int to = into.position();
    boolean frameEnded;
    try {
      frameEnded = context.decompressDirectByteBufferStream(into, input);
    } catch (ZstdException wrong) {
      throw damaged(String.valueOf(wrong.getMessage()).toLowerCase(Locale.ROOT), wrong);
    }
    consumed += input.position() - from;
    produced += into.position() - to;
    withinFrame = !frameEnded;
    if (frameEnded) {
      frame++;
    }
    if (table != null
        && (produced > table.position(frame + (withinFrame ? 1 : 0))
            || (frameEnded
                && (produced != table.position(frame) || consumed != table.offset(frame))))) {
      throw damaged("a frame is not what the seek table says", null);
    }
    if (produced > ZstdSeekTable.LARGEST_CONTENT) {
      throw damaged("it holds more than can be believed", null);
    }
  }

  private int end() throws IOException {
    if (table != null) {
      throw damaged("it ends before its seek table says", null);
    }
    return -1;
  }

  private DamagedArchiveException damaged(String what, @Nullable Throwable cause) {
    String message = name + " is damaged at byte " + consumed + ": " + what;
    return cause == null
        ? new DamagedArchiveException(message)
        : new DamagedArchiveException(message, cause);
  }

  @Override
  public void close() throws IOException {
    context.close();
    file.close();
  }
}
