package io.tapdeck.web.http;

import io.tapdeck.capture.os.MappedFile;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.eclipse.jetty.ee10.servlet.HttpOutput;

/**
 * A part of a file as the body of an answer: all of it, or an {@link IOException}, also if the file
 * becomes shorter meanwhile.
 *
 * @param first where the part begins
 * @param length in bytes
 */
record FileBody(FileChannel file, long first, long length) {
  /** So much of a file is mapped at once. */
  private static final int WINDOW = 16 << 20;

  /**
   * So much is copied at once. Longer than a page: of a file that has become shorter, the rest of
   * its last page is mapped as zeros, and what comes after that page is seen to be missing.
   */
  private static final int PIECE = 64 << 10;

  /**
   * Sends it as it is: the kernel takes it from where it keeps the file, and nothing of it is
   * copied here.
   */
  void sendPlain(HttpOutput out) throws IOException {
    long at = first;
    long end = first + length;
    while (end - at > PIECE) {
      int size = (int) Math.min(WINDOW, end - at - PIECE);
      try (MappedFile part = MappedFile.of(file, at, size)) {
        out.write(part.bytes());
      }
      at += size;
    }
    copy(at, end, out);
  }

  /** Sends it by copies: what is encrypted has to be read here. */
  void sendCopied(OutputStream out) throws IOException {
    copy(first, first + length, out);
  }

  private void copy(long from, long end, OutputStream out) throws IOException {
    ByteBuffer piece = ByteBuffer.allocate(PIECE);
    long at = from;
    while (at < end) {
      piece.clear().limit((int) Math.min(PIECE, end - at));
      int count = file.read(piece, at);
      if (count < 0) {
        throw new EOFException("the file has become shorter");
      }
      out.write(piece.array(), 0, count);
      at += count;
    }
    out.flush();
  }
}
