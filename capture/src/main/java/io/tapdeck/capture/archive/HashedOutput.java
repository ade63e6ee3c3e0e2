package io.tapdeck.capture.archive;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;

/** Writes to a file, and hashes what it writes. */
final class HashedOutput {
  /** Where nothing has been begun. */
  static final HashedOutput NOWHERE =
      new HashedOutput(Channels.newChannel(OutputStream.nullOutputStream()));

  private final WritableByteChannel file;
  private final Sha256 hash = new Sha256();
  private long bytes;

  HashedOutput(WritableByteChannel file) {
    this.file = file;
  }

  void write(ByteBuffer content) throws IOException {
    bytes += content.remaining();
    hash.update(content.duplicate());
    while (content.hasRemaining()) {
      file.write(content);
    }
  }

  ArchiveWriter.Written written() {
    return new ArchiveWriter.Written(bytes, hash.hex());
  }
}
