package io.tapdeck.web.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How long a body may take that is read as it comes. */
class StreamedBodyTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int SECOND = 1_000_000_000;

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 7);
  private final ByteBuffer into = ByteBuffer.allocate(1 << 20);

  /** One of which so much comes after each second. */
  private StreamedBody coming(int bytesASecond) {
    return coming(bytesASecond, Long.MAX_VALUE);
  }

  private StreamedBody coming(int bytesASecond, long inAll) {
    AtomicLong left = new AtomicLong(inAll);
    InputStream input =
        new InputStream() {
          @Override
          public int read() {
            throw new AssertionError("byte by byte");
          }

          @Override
          public int read(byte[] bytes, int offset, int length) {
            nanos.addAndGet(SECOND);
            int count = (int) Math.min(left.get(), Math.min(length, bytesASecond));
            left.addAndGet(-count);
            return count == 0 ? -1 : count;
          }
        };
    return new StreamedBody(() -> input, -1, Long.MAX_VALUE, PATIENCE, nanos::get);
  }

  @Test
  void goesOnForHoursIfItIsFastEnough() throws IOException {
    StreamedBody body = coming(StreamedBody.LEAST_RATE);
    for (int second = 0; second < 10_000; second++) {
      assertThat(body.read(into.clear())).isEqualTo(StreamedBody.LEAST_RATE);
    }
    assertThat(body.came()).isEqualTo(10_000L * StreamedBody.LEAST_RATE);
    assertThat(body.refusal()).isEmpty();
  }

  @Test
  void endsOnceAMinuteOfItWasTooSlow() throws IOException {
    StreamedBody body = coming(StreamedBody.LEAST_RATE - 1);
    for (int second = 1; second < 60; second++) {
      assertThat(body.read(into.clear())).isPositive();
    }
    assertThatThrownBy(() -> body.read(into.clear())).isInstanceOf(IOException.class);
    assertThat(body.refusal().orElseThrow().status()).isEqualTo(408);
    assertThat(body.read(into.clear())).as("and for good").isEqualTo(-1);
  }

  @Test
  void whatItTakesToStoreItIsNotTheClients() throws IOException {
    StreamedBody body = coming(StreamedBody.LEAST_RATE);
    for (int second = 0; second < 200; second++) {
      assertThat(body.read(into.clear())).isPositive();
      nanos.addAndGet(10L * SECOND);
    }
    assertThat(body.refusal()).isEmpty();
  }

  @Test
  void isNeverLongerThanItMayBe() throws IOException {
    StreamedBody body =
        new StreamedBody(InputStream::nullInputStream, 10, 10, PATIENCE, nanos::get);
    assertThat(body.length()).isEqualTo(10);
    assertThat(body.read(into)).isEqualTo(-1);
    assertThatThrownBy(
            () -> new StreamedBody(InputStream::nullInputStream, 11, 10, PATIENCE, nanos::get))
        .isInstanceOfSatisfying(Problem.class, no -> assertThat(no.status()).isEqualTo(413));
    StreamedBody unsaid =
        new StreamedBody(
            () -> new ByteArrayInputStream(new byte[11]), -1, 10, PATIENCE, nanos::get);
    assertThatThrownBy(() -> unsaid.read(into.clear())).isInstanceOf(IOException.class);
    assertThat(unsaid.refusal().orElseThrow().status()).isEqualTo(413);
  }

  /** As many clients read no answer before they have sent all. */
  @Test
  void isPassedOverToItsEndAsLongAsItIsFastEnough() throws IOException {
    StreamedBody body = coming(StreamedBody.LEAST_RATE, 10_000L * StreamedBody.LEAST_RATE);
    assertThat(body.read(into.clear())).isPositive();
    body.passOver();
    assertThat(body.hasEnded()).isTrue();
    assertThat(body.came()).isEqualTo(10_000L * StreamedBody.LEAST_RATE);

    StreamedBody slow = coming(StreamedBody.LEAST_RATE - 1, 10_000L * StreamedBody.LEAST_RATE);
    slow.passOver();
    assertThat(slow.refusal().orElseThrow().status()).isEqualTo(408);
    assertThat(slow.came()).isEqualTo(60L * (StreamedBody.LEAST_RATE - 1));

    StreamedBody endless =
        new StreamedBody(
            () -> new ByteArrayInputStream(new byte[11]), -1, 10, PATIENCE, nanos::get);
    endless.passOver();
    assertThat(endless.refusal().orElseThrow().status()).isEqualTo(413);
  }

  @Test
  void tellsOneThatBrokeOffFromOneThatStandsStill() {
    assertThat(statusAfter(new IOException("reset"))).isEqualTo(400);
    assertThat(statusAfter(new IOException(new TimeoutException("idle")))).isEqualTo(408);
  }

  private int statusAfter(IOException failure) {
    InputStream input =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw failure;
          }

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            throw failure;
          }
        };
    StreamedBody body = new StreamedBody(() -> input, 5, 10, PATIENCE, nanos::get);
    assertThatThrownBy(() -> body.read(into.clear())).isInstanceOf(IOException.class);
    assertThat(body.hasBrokenOff()).isTrue();
    return body.refusal().orElseThrow().status();
  }
}
