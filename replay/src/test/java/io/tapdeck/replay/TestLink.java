package io.tapdeck.replay;

import io.tapdeck.replay.transmit.FrameLink;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Keeps what is handed over, with its time; refuses as told. */
public final class TestLink implements FrameLink {
  /** One accepted frame. */
  @SuppressWarnings("ArrayRecordComponent") // looked at, not compared
  public record Sent(long at, byte[] bytes) {}

  private static final int SLOTS = 4;

  private final TestClock clock;
  private final byte[][] slots = new byte[SLOTS][];

  /** What the next calls answer: at most so many frames, or an error number negated. */
  public final Deque<Integer> answers = new ArrayDeque<>();

  /** What was accepted. */
  public final List<Sent> sent = new ArrayList<>();

  /** How many frames each call accepted. */
  public final List<Integer> batches = new ArrayList<>();

  /** What is answered once {@link #answers} is empty. */
  public int lastAnswer = SLOTS;

  public boolean running = true;

  /** What happens after each call that accepted frames. */
  public Runnable afterCall = () -> {};

  public TestLink(TestClock clock) {
    this.clock = clock;
  }

  @Override
  public int slots() {
    return SLOTS;
  }

  @Override
  public int slotLength() {
    return 1_518;
  }

  @Override
  public void put(int slot, ByteBuffer from, int offset, int length) {
    slots[slot] = new byte[length];
    from.get(offset, slots[slot]);
  }

  @Override
  public int send(int first, int count) {
    int answer = answers.isEmpty() ? lastAnswer : answers.remove();
    if (answer <= 0) {
      return answer;
    }
    int accepted = Math.min(answer, count);
    for (int slot = first; slot < first + accepted; slot++) {
      sent.add(new Sent(clock.nanoTime(), slots[slot]));
    }
    batches.add(accepted);
    afterCall.run();
    return accepted;
  }

  @Override
  public void awaitRoom(int millis) {
    clock.pass(millis * 1_000_000L);
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
