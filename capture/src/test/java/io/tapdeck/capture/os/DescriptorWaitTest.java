package io.tapdeck.capture.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DescriptorWaitTest {
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration SHORT = Duration.ofMillis(50);

  private int neverReadable;
  private DescriptorWait wait;

  @BeforeEach
  void open() throws OsException {
    neverReadable = LibC.eventfd(0, 0);
    wait = new DescriptorWait(1);
    wait.watch(0, neverReadable);
  }

  @AfterEach
  void close() {
    wait.close();
    LibC.close(neverReadable);
  }

  @Test
  void aWakeByAnotherThreadEndsTheWait() throws Exception {
    Thread waker = Thread.ofPlatform().start(wait::wake);
    assertThat(nanosOfWait(LONG)).isLessThan(LONG.toNanos() / 2);
    waker.join();
  }

  @Test
  void aWakeBeforeTheWaitEndsItAndNoneAfterIt() throws Exception {
    wait.wake();
    wait.wake();
    assertThat(nanosOfWait(LONG)).isLessThan(LONG.toNanos() / 2);
    assertThat(nanosOfWait(SHORT)).isGreaterThanOrEqualTo(SHORT.toNanos());
  }

  private long nanosOfWait(Duration timeout) throws OsException {
    long begun = System.nanoTime();
    wait.awaitNanos(timeout.toNanos());
    return System.nanoTime() - begun;
  }
}
