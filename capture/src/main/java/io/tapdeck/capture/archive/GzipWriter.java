package io.tapdeck.capture.archive;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.GZIPOutputStream;

/** Writes one gzip member, at the format's usual level. */
final class GzipWriter implements ArchiveWriter {
  private static final int PIECE = 1 << 16;

  private final HashedOutput output;
  private final BufferedOutputStream buffered;
  private final GZIPOutputStream gzip;
  private final byte[] piece = new byte[PIECE];

  GzipWriter(HashedOutput output) throws IOException {
    this.output = output;
    buffered = new BufferedOutputStream(output, PIECE);
    gzip = new GZIPOutputStream(buffered, PIECE);
  }

  @Override
  public void write(ByteBuffer content) throws IOException {
    while (content.hasRemaining()) {
      int count = Math.min(PIECE, content.remaining());
      content.get(piece, 0, count);
      gzip.write(piece, 0, count);
    }
  }

  @Override
  public Written finish() throws IOException {
    gzip.finish();
    buffered.flush();
    return output.written();
  }

  @Override
  public void close() throws IOException {
    gzip.close();
  }
}
