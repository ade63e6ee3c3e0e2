package io.tapdeck.capture.archive;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Writes to a file, and hashes what it writes. Closing it leaves the file open. */
final class HashedOutput extends OutputStream {
  private final FileChannel file;
  private final Sha256 hash = new Sha256();
  private long bytes;

  HashedOutput(FileChannel file) {
    this.file = file;
  }

  void write(ByteBuffer content) throws IOException {
    bytes += content.remaining();
    hash.update(content.duplicate());
    while (content.hasRemaining()) {
      file.write(content);
    }
  }

  @Override
  public void write(byte[] content, int offset, int length) throws IOException {
    write(ByteBuffer.wrap(content, offset, length));
  }

  @Override
  public void write(int content) throws IOException {
    write(new byte[] {(byte) content}, 0, 1);
  }

  ArchiveWriter.Written written() {
    return new ArchiveWriter.Written(bytes, hash.hex());
  }
}
