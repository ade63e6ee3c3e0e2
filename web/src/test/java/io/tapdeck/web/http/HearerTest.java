package io.tapdeck.web.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who hears events is looked up now and then, not for each of them. */
class HearerTest {
  private static final Caller VERA = Caller.inSession("vera", Role.VIEWER, "csrf");
  private static final Credential SHOWN = new Credential.Session("token");

  private final AtomicReference<Optional<Caller>> known = new AtomicReference<>(Optional.of(VERA));
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);

  private final Callers callers =
      new Callers() {
        @Override
        public Optional<Caller> find(Credential credential) {
          throw new AssertionError("this counts as a use");
        }

        @Override
        public Optional<Caller> peek(Credential credential) {
          asked.incrementAndGet();
          return known.get();
        }

        @Override
        public void whenRevoked(Runnable told) {
          throw new AssertionError("not its to ask");
        }
      };

  private final Hearer hearer = new Hearer(callers, SHOWN, VERA, nanos::get);

  @AfterEach
  void wake() {
    var _ = Thread.interrupted();
  }

  @Test
  void isLookedUpOnceInFiveSecondsHoweverMuchIsTold() {
    for (int i = 0; i < 1000; i++) {
      assertThat(hearer.mayHear()).isTrue();
      nanos.addAndGet(5_000_000);
    }
    assertThat(asked).hasValue(1);
    nanos.incrementAndGet();
    assertThat(hearer.mayHear()).isTrue();
    assertThat(asked).hasValue(2);
  }

  @Test
  void whatHasEndedByItselfIsNoticedWithinFiveSeconds() {
    assertThat(hearer.mayHear()).isTrue();
    known.set(Optional.empty());
    nanos.addAndGet(Hearer.TRUST.toNanos() + 1);
    assertThat(hearer.mayHear()).isFalse();
    known.set(Optional.of(VERA));
    assertThat(hearer.mayHear()).as("for good").isFalse();
  }

  @Test
  void whatIsTakenIsNoticedAtOnceAndItsThreadIsWoken() {
    assertThat(hearer.mayHear()).isTrue();
    hearer.askAgain();
    assertThat(hearer.mayHear()).isTrue();
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    known.set(Optional.of(Caller.inSession("vera", Role.ANALYST, "csrf")));
    hearer.askAgain();
    assertThat(hearer.mayHear()).isFalse();
    assertThat(Thread.currentThread().isInterrupted()).isTrue();
  }

  @Test
  void aThreadThatHasGoneOnIsNotWoken() {
    hearer.release();
    hearer.end();
    assertThat(hearer.mayHear()).isFalse();
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void nobodyHearsAnythingWithoutACredential() {
    assertThat(new Hearer(callers, null, VERA, nanos::get).mayHear()).isFalse();
    assertThat(new Hearer(callers, SHOWN, null, nanos::get).mayHear()).isFalse();
  }
}
