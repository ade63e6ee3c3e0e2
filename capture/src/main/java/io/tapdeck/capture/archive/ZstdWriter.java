package io.tapdeck.capture.archive;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Writes Zstandard in independent frames of 4 MiB of content, each with its size and a checksum,
 * and a seek table of them at the end.
 */
final class ZstdWriter implements ArchiveWriter {
  static final int FRAME = 4 << 20;
  private static final int LEVEL = 3;

  private final HashedOutput output;
  private final ZstdSeekTable.Builder table = new ZstdSeekTable.Builder();
  private final ZstdCompressCtx context = new ZstdCompressCtx();
  private final ByteBuffer content = ByteBuffer.allocateDirect(FRAME);
  private final ByteBuffer compressed =
      ByteBuffer.allocateDirect(Math.toIntExact(Zstd.compressBound(FRAME)));

  ZstdWriter(HashedOutput output) {
    this.output = output;
    context.setLevel(LEVEL).setChecksum(true).setContentSize(true);
  }

  @Override
  public void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      int count = Math.min(bytes.remaining(), content.remaining());
      content.put(bytes.slice(bytes.position(), count));
      bytes.position(bytes.position() + count);
      if (!content.hasRemaining()) {
        endFrame();
      }
    }
  }

  private void endFrame() throws IOException {
    int length = content.position();
    compressed.clear();
    int count =
        context.compressDirectByteBuffer(compressed, 0, compressed.capacity(), content, 0, length);
    table.add(count, length);
    output.write(compressed.limit(count));
    content.clear();
  }

  @Override
  public Written finish() throws IOException {
    if (content.position() > 0) {
      endFrame();
    }
    output.write(table.build());
    return output.written();
  }

  @Override
  public void close() {
    context.close();
  }
}
