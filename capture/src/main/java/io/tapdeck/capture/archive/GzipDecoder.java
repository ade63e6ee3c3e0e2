package io.tapdeck.capture.archive;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** The members of a gzip file one after the other (RFC 1952), always from the front. */
final class GzipDecoder implements Decoder {
  private static final int PIECE = 1 << 16;

  private final FileChannel file;
  private final String name;
  private final byte[] piece = new byte[PIECE];
  private @Nullable GZIPInputStream content;

  GzipDecoder(FileChannel file, String name) {
    this.file = file;
    this.name = name;
  }

  @Override
  public long start(long position) {
    return 0;
  }

  @Override
  public void seek(long position) throws IOException {
    if (content != null) {
      content.close();
      content = null;
    }
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    try {
      if (content == null) {
        content = new GZIPInputStream(new FileInput(file), PIECE);
      }
      int count = content.read(piece, 0, Math.min(PIECE, into.remaining()));
      if (count > 0) {
        into.put(piece, 0, count);
      }
      return count;
    } catch (EOFException cut) {
      throw new DamagedArchiveException(name + " is damaged: it is cut short", cut);
    } catch (ZipException wrong) {
      throw new DamagedArchiveException(name + " is damaged: " + wrong.getMessage(), wrong);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      seek(0);
    } finally {
      file.close();
    }
  }

  /** The file from its front. Closing it leaves the file open. */
  private static final class FileInput extends InputStream {
    private final FileChannel file;
    private long at;

    FileInput(FileChannel file) {
      this.file = file;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count = file.read(ByteBuffer.wrap(bytes, offset, length), at);
      at += Math.max(0, count);
      return count;
    }

    /** By this the decompressor knows whether another member follows. */
    @Override
    public int available() throws IOException {
      return Math.clamp(file.size() - at, 0, Integer.MAX_VALUE);
    }
  }
}
