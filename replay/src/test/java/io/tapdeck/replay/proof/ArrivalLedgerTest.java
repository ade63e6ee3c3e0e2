package io.tapdeck.replay.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ArrivalLedgerTest {
  private static final int CAPACITY = 1_024;

  private final SentFrames sent = new SentFrames(CAPACITY);
  private final ArrivalLedger ledger = new ArrivalLedger(sent);

  @Test
  void whatArrivesInOrderIsJustThat() {
    send(1, 2, 3);
    arrive(1, 2, 3);
    assertCounts(3, 0, 0, 0, 0);
  }

  @Test
  void whatIsPassedOverIsAGap() {
    send(1, 2, 3, 4, 5, 6);
    arrive(1, 4, 6);
    assertCounts(3, 2, 0, 0, 0);
  }

  @Test
  void whatComesLateIsOutOfOrderAndNotMissing() {
    send(1, 2, 3, 4);
    arrive(1, 3, 4, 2);
    assertCounts(4, 1, 1, 0, 0);
  }

  @Test
  void whatComesTwiceIsADuplicateAndWhatWasNotSentIsUnrelated() {
    send(1, 2, 3);
    arrive(1, 1, 99, 2, 1, 3, 99);
    assertCounts(3, 0, 0, 2, 2);
  }

  @Test
  void framesThatAreTheSameAreCountedOneForOne() {
    send(7, 7, 7, 8, 7);
    arrive(7, 7, 8, 7, 7, 7);
    // The one missing before the 8 came after it; so far nothing tells which of the sevens it is.
    assertCounts(5, 1, 1, 1, 0);
  }

  @Test
  void manyFramesThatAreTheSameTakeNoLongerThanOthers() {
    for (int round = 0; round < 2_000; round++) {
      for (int frame = 0; frame < 100; frame++) {
        send(7);
      }
      for (int frame = 0; frame < 99; frame++) {
        arrive(7);
      }
      arrive(1_000_000 + round);
    }
    assertThat(ledger.unrelated()).isEqualTo(2_000);
    assertThat(ledger.arrived() + sent.leftOut()).isGreaterThanOrEqualTo(198_000);
    assertThat(ledger.duplicates()).isZero();
  }

  @Test
  void theWindowMovesOnAndWhatIsLostIsFoundByCounting() {
    long lost = 0;
    for (int number = 0; number <= 100 * CAPACITY; number++) {
      send(number);
      if (number % 7 == 3) {
        lost++;
      } else {
        arrive(number);
      }
    }
    assertThat(sent.leftOut()).isZero();
    assertCounts(100 * CAPACITY + 1 - lost, lost, 0, 0, 0);
  }

  @Test
  void anyOrderWithinHalfTheWindowIsSortedOut() {
    Random random = new Random(2);
    int number = 0;
    long expectedLate = 0;
    for (int round = 0; round < 200; round++) {
      List<Integer> frames = new ArrayList<>();
      for (int frame = 0; frame < CAPACITY / 4; frame++) {
        frames.add(number);
        send(number++);
      }
      Collections.shuffle(frames, random);
      int highest = -1;
      for (int frame : frames) {
        arrive(frame);
        expectedLate += frame < highest ? 1 : 0;
        highest = Math.max(highest, frame);
      }
    }
    assertThat(ledger.arrived()).isEqualTo(number);
    assertThat(ledger.outOfOrder()).isEqualTo(expectedLate);
    assertThat(ledger.unrelated() + ledger.duplicates() + sent.leftOut()).isZero();
  }

  @Test
  void whereNothingArrivesTheWindowIsGivenUpAndWhatComesAfterIsFound() {
    for (int number = 0; number < 20 * CAPACITY; number++) {
      send(number);
      ledger.nothingThere();
    }
    assertThat(sent.leftOut()).isZero();
    arrive(20 * CAPACITY - 2, 20 * CAPACITY - 1);
    assertThat(ledger.arrived()).isEqualTo(2);
    assertThat(ledger.unrelated()).isZero();
  }

  @Test
  void aReaderThatLagsMakesTheWriterLeaveOutAndCount() {
    for (int number = 0; number < CAPACITY + 10; number++) {
      send(number);
    }
    assertThat(sent.leftOut()).isEqualTo(10);
    for (int number = 0; number < CAPACITY + 10; number++) {
      arrive(number);
    }
    assertCounts(CAPACITY, 0, 0, 0, 10);
  }

  @Test
  void aFrameThatArrivesBeforeTheCallReturnedIsWaitedFor() throws InterruptedException {
    sent.handingOver();
    Thread receiver = Thread.ofPlatform().start(() -> ledger.arrive(5));
    VeryShort.pause();
    sent.accepted(5);
    sent.handedOver();
    receiver.join();
    assertCounts(1, 0, 0, 0, 0);
  }

  /** Long enough for a wrong answer to be given. */
  private static final class VeryShort {
    static void pause() {
      java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
    }
  }

  private void send(long... fingerprints) {
    sent.handingOver();
    for (long fingerprint : fingerprints) {
      sent.accepted(fingerprint);
    }
    sent.handedOver();
  }

  private void arrive(long... fingerprints) {
    for (long fingerprint : fingerprints) {
      ledger.arrive(fingerprint);
    }
  }

  private void assertCounts(
      long arrived, long gaps, long outOfOrder, long duplicates, long unrelated) {
    assertThat(
            new long[] {
              ledger.arrived(),
              ledger.gaps(),
              ledger.outOfOrder(),
              ledger.duplicates(),
              ledger.unrelated()
            })
        .containsExactly(arrived, gaps, outOfOrder, duplicates, unrelated);
  }
}
