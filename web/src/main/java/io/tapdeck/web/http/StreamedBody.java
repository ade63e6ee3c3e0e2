package io.tapdeck.web.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request as it comes, for a handler that puts it elsewhere. It may take as long as
 * it likes if it goes on: {@value #LEAST_RATE} bytes a second at least, on average over each time
 * of patience that is spent waiting for it. A client that waits for "100 Continue" is told to go on
 * by the first read. For one thread.
 */
public final class StreamedBody implements ReadableByteChannel {
  static final int LEAST_RATE = 16 << 10;
  private static final int PIECE = 64 << 10;
  private static final double SECOND = 1e9;

  private final Input input;
  private final long length;
  private final long longest;
  private final Duration patience;
  private final LongSupplier nanos;
  private final byte[] piece = new byte[PIECE];
  private @Nullable InputStream opened;
  private long came;
  private boolean ended;
  private boolean brokenOff;

  /** Since the last look at how fast it comes. */
  private long waited;

  private long cameLately;
  private @Nullable Problem refusal;

  /** Where it comes from; to be opened tells a client who waits that it may send it. */
  interface Input {
    InputStream open() throws IOException;
  }

  /**
   * @param input opened at the first read
   * @param length in bytes, as the client says; -1 if it does not
   * @param longest that may come
   * @throws Problem 413 if the client says that it is longer
   */
  StreamedBody(Input input, long length, long longest, Duration patience, LongSupplier nanos) {
    if (length > longest) {
      throw tooLong(longest);
    }
    this.input = input;
    this.length = length;
    this.longest = longest;
    this.patience = patience;
    this.nanos = nanos;
  }

  private static Problem tooLong(long longest) {
    return Problem.of(413, "the body is longer than the limit of " + longest + " bytes");
  }

  /** How many bytes it is to have; 0 if the client does not say. */
  public long length() {
    return Math.max(0, length);
  }

  /** How many bytes have come. */
  public long came() {
    return came;
  }

  /** Why reading it has failed, if it has: the caller's to be told. */
  public Optional<Problem> refusal() {
    return Optional.ofNullable(refusal);
  }

  /** Whether the client may have been told to send it. */
  boolean hasBegun() {
    return opened != null;
  }

  /** Whether it has come to its end. */
  public boolean hasEnded() {
    return ended;
  }

  /** Whether it never will, as its client went away or fell silent. */
  boolean hasBrokenOff() {
    return brokenOff;
  }

  /**
   * Reads what comes next.
   *
   * @throws IOException if it broke off, comes too slowly, or is too long; {@link #refusal} says so
   */
  @Override
  public int read(ByteBuffer into) throws IOException {
    if (ended || refusal != null) {
      return -1;
    }
    int count = take(Math.min(PIECE, into.remaining()));
    if (count < 0) {
      ended = true;
      return -1;
    }
    came += count;
    if (came > longest) {
      throw refuse(tooLong(longest));
    }
    checkPace(count);
    into.put(piece, 0, count);
    return count;
  }

  /**
   * Takes what is left of it, which is of no interest any more, as long as it would be read: many
   * clients read no answer before they have sent all.
   */
  void passOver() {
    ByteBuffer passed = ByteBuffer.allocate(PIECE);
    try {
      while (read(passed) >= 0) {
        passed.clear();
      }
    } catch (IOException over) {
      // Its client sends no more of it, or too slowly, or too much.
    }
  }

  private int take(int most) throws IOException {
    long before = nanos.getAsLong();
    try {
      InputStream from = opened == null ? input.open() : opened;
      opened = from;
      return from.read(piece, 0, most);
    } catch (IOException | RuntimeException broken) {
      brokenOff = true;
      throw refuse(
          broken.getCause() instanceof TimeoutException
              ? Problem.of(408, "nothing came any more after " + came + " bytes: send it again")
              : Problem.badRequest("the body broke off after " + came + " bytes: send it again"));
    } finally {
      // What it takes to store it is not the client's.
      waited += nanos.getAsLong() - before;
    }
  }

  private void checkPace(int count) throws IOException {
    cameLately += count;
    if (waited < patience.toNanos()) {
      return;
    }
    if (cameLately < LEAST_RATE * (waited / SECOND)) {
      throw refuse(
          Problem.of(
              408,
              "the body comes too slowly: less than "
                  + LEAST_RATE
                  + " bytes a second, of which "
                  + came
                  + " came"));
    }
    waited = 0;
    cameLately = 0;
  }

  private IOException refuse(Problem why) {
    refusal = why;
    return new IOException(why.detail(), why);
  }

  /** Whatever becomes of it, the connection is the server's. */
  @Override
  public void close() {
    // Nothing is held.
  }

  @Override
  public boolean isOpen() {
    return true;
  }
}
