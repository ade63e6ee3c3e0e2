package io.tapdeck.web.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** Reads the bodies of requests, which are neither longer than they may be nor later. */
final class BodyReader {
  private static final int PART = 8192;

  private final int longestBody;
  private final Duration longestTime;

  BodyReader(int longestBody, Duration longestTime) {
    this.longestBody = longestBody;
    this.longestTime = longestTime;
  }

  /**
   * Leaves it to who handles the request.
   *
   * @param longest that may come
   * @throws Problem 413 if it is said to be longer
   */
  StreamedBody stream(StreamedBody.Input input, long length, long longest) {
    return new StreamedBody(input, length, longest, longestTime, System::nanoTime);
  }

  /**
   * Reads to the end. How long it is quiet between two bytes, the connection's idle timeout bounds.
   *
   * @throws Problem 413 if it is too long, 408 if it takes too long
   */
  byte[] read(InputStream input) throws IOException {
    long begin = System.nanoTime();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    byte[] part = new byte[PART];
    for (int got = input.read(part); got >= 0; got = input.read(part)) {
      if (body.size() + got > longestBody) {
        throw Gate.tooLarge(longestBody);
      }
      body.write(part, 0, got);
      if (System.nanoTime() - begin > longestTime.toNanos()) {
        throw Problem.of(408, "the body did not come in time: send it faster");
      }
    }
    return body.toByteArray();
  }
}
