package io.tapdeck.capture.archive;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Writes Zstandard in independent frames of 4 MiB of content, each with its size and a checksum,
 * and a seek table of them at the end.
 */
final class ZstdWriter extends ArchiveWriter {
  private static final int LEVEL = 3;

  private final ZstdCompressCtx context = new ZstdCompressCtx();
  private final ByteBuffer compressed =
      ByteBuffer.allocateDirect(Math.toIntExact(Zstd.compressBound(PIECE)));
  private HashedOutput output = HashedOutput.NOWHERE;
  private ZstdSeekTable.Builder table = new ZstdSeekTable.Builder();

  ZstdWriter() {
    context.setLevel(LEVEL).setChecksum(true).setContentSize(true);
  }

  @Override
  public void begin(FileChannel file) {
    output = new HashedOutput(file);
    table = new ZstdSeekTable.Builder();
  }

  @Override
  public void write(ByteBuffer content) throws IOException {
    int length = content.remaining();
    if (length == 0) {
      return;
    }
    compressed.clear();
    int count =
        context.compressDirectByteBuffer(
            compressed, 0, compressed.capacity(), content, content.position(), length);
    content.position(content.limit());
    table.add(count, length);
    output.write(compressed.limit(count));
  }

  @Override
  public Written finish() throws IOException {
    output.write(table.build());
    return output.written();
  }

  @Override
  public void close() {
    context.close();
  }
}
