package io.tapdeck.capture.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Writes one gzip member (RFC 1952), at the format's usual level, without a name or a time. */
final class GzipWriter extends ArchiveWriter {
  private static final byte[] HEADER = {0x1F, (byte) 0x8B, 8, 0, 0, 0, 0, 0, 0, 3};
  private static final int LEVEL = 6;

  private final Deflater deflater = new Deflater(LEVEL, true);
  private final ByteBuffer compressed = ByteBuffer.allocateDirect(1 << 17);
  private final CRC32 checksum = new CRC32();
  private HashedOutput output = HashedOutput.NOWHERE;

  @Override
  public void begin(FileChannel file) throws IOException {
    deflater.reset();
    checksum.reset();
    output = new HashedOutput(file);
    output.write(ByteBuffer.wrap(HEADER));
  }

  @Override
  public void write(ByteBuffer content) throws IOException {
    checksum.update(content.duplicate());
    deflater.setInput(content);
    while (!deflater.needsInput()) {
      deflate();
    }
  }

  private void deflate() throws IOException {
    int _ = deflater.deflate(compressed.clear());
    output.write(compressed.flip());
  }

  @Override
  public Written finish() throws IOException {
    deflater.finish();
    while (!deflater.finished()) {
      deflate();
    }
    ByteBuffer trailer = ByteBuffer.allocate(2 * Integer.BYTES);
    trailer.order(ByteOrder.LITTLE_ENDIAN);
    trailer.putInt((int) checksum.getValue()).putInt((int) deflater.getBytesRead());
    output.write(trailer.flip());
    return output.written();
  }

  @Override
  public void close() {
    deflater.end();
  }
}
