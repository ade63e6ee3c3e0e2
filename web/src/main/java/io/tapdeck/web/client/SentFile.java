package io.tapdeck.web.client;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/** A file that is sent, of a length that is told before, and how much of it is on its way. */
final class SentFile {
  private final Path file;
  private final LongConsumer told;
  private final AtomicLong sent = new AtomicLong();

  /**
   * @param told how many bytes are on their way, as they go
   */
  SentFile(Path file, LongConsumer told) {
    this.file = file;
    this.told = told;
  }

  /** How many bytes are on their way. */
  long sent() {
    return sent.get();
  }

  BodyPublisher publisher() throws IOException {
    long length = Files.size(file);
    BodyPublisher bytes = BodyPublishers.ofInputStream(this::open);
    return length == 0 ? BodyPublishers.noBody() : BodyPublishers.fromPublisher(bytes, length);
  }

  private InputStream open() {
    try {
      return new Counted(Files.newInputStream(file));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private final class Counted extends FilterInputStream {
    Counted(InputStream file) {
      super(file);
    }

    @Override
    public int read() throws IOException {
      int one = super.read();
      count(one < 0 ? one : 1);
      return one;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count = super.read(bytes, offset, length);
      count(count);
      return count;
    }

    private void count(int more) {
      if (more > 0) {
        told.accept(sent.addAndGet(more));
      }
    }
  }
}
