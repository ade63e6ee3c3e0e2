package io.tapdeck.replay.transmit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.capture.os.Errno;
import io.tapdeck.replay.TestClock;
import io.tapdeck.replay.TestLink;
import io.tapdeck.replay.pace.StopFlag;
import io.tapdeck.replay.pace.TimingErrors;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BatchSenderTest {
  private static final int UNTAGGED = 1_514;
  private static final int TAGGED = 1_518;

  private final TestClock clock = new TestClock();
  private final LimitedLink link = new LimitedLink(new TestLink(clock));
  private final Tally tally = new Tally();
  private final Events witness = new Events();
  private final ByteBuffer frame = ByteBuffer.allocate(70_000);

  @Test
  void aFrameThatFitsIsSentAsItIs() {
    BatchSender sender = sender(Oversize.SKIP);
    assertThat(sender.fit(frame, 0, UNTAGGED)).isEqualTo(UNTAGGED);
    tagged();
    assertThat(sender.fit(frame, 0, TAGGED)).isEqualTo(TAGGED);
    assertThat(tally.read()).isZero();
  }

  @Test
  void aLongerOneIsSkippedAndCounted() {
    BatchSender sender = sender(Oversize.SKIP);
    assertThat(sender.fit(frame, 0, UNTAGGED + 1)).isZero();
    tagged();
    assertThat(sender.fit(frame, 0, TAGGED + 1)).isZero();
    assertThat(tally.skippedBy()).isEqualTo(Map.of("oversize", 2L));
    assertThat(sender.refusedLength()).isEmpty();
  }

  @Test
  void aLongerOneIsCutAndCountedWhereThatIsAskedFor() {
    BatchSender sender = sender(Oversize.TRUNCATE);
    assertThat(sender.fit(frame, 0, 65_000)).isEqualTo(UNTAGGED);
    send(sender, 65_000);
    tagged();
    assertThat(sender.fit(frame, 0, 65_000)).isEqualTo(TAGGED);
    send(sender, 65_000);
    send(sender, 100);
    assertThat(link.inner.sent)
        .extracting(sent -> sent.bytes().length)
        .containsExactly(UNTAGGED, TAGGED, 100);
    assertThat(tally.sent()).isEqualTo(3);
    assertThat(tally.sentCut()).isEqualTo(2);
    assertThat(tally.sentTruncated()).isZero();
    assertThat(tally.sentBytes()).isEqualTo(UNTAGGED + TAGGED + 100);
    assertThat(tally.skipped()).isZero();
  }

  @Test
  void aLongerOneEndsItWhereThatIsAskedFor() {
    BatchSender sender = sender(Oversize.REFUSE);
    send(sender, 100);
    assertThat(sender.fit(frame, 0, 65_000)).isZero();
    assertThat(sender.refusedLength()).hasValue(65_000);
    assertThat(sender.longestFrame(false)).isEqualTo(UNTAGGED);
    assertThat(tally.sent()).isEqualTo(1);
    assertThat(tally.skipped()).isEqualTo(1);
  }

  @Test
  void anMtuThatIsLoweredIsLearnedFromTheKernelOrByLooking() {
    BatchSender sender = sender(Oversize.SKIP);
    link.untagged = 1_014;
    link.inner.answers.add(-Errno.EMSGSIZE);
    send(sender, UNTAGGED);
    assertThat(tally.skippedBy()).isEqualTo(Map.of("oversize", 1L));
    clock.pass(20_000_000);
    send(sender, 100);
    assertThat(sender.fit(frame, 0, UNTAGGED)).isZero();
    assertThat(sender.fit(frame, 0, 1_014)).isEqualTo(1_014);
  }

  @Test
  void whatIsRefusedForGoodUnderRefuseEndsTheBatchThere() {
    BatchSender sender = sender(Oversize.REFUSE);
    link.inner.answers.addAll(List.of(1, -Errno.EMSGSIZE));
    stage(sender, 100);
    stage(sender, 200);
    stage(sender, 300);
    sender.flush();
    assertThat(link.inner.sent).hasSize(1);
    assertThat(sender.refusedLength()).hasValue(200);
    assertThat(sender.abandonedFrames()).isFalse();
    assertThat(tally.read()).isEqualTo(2);
  }

  @Test
  void theWitnessIsToldOfWhatIsAcceptedAndOfNothingElse() {
    BatchSender sender = sender(Oversize.SKIP);
    link.inner.answers.addAll(List.of(1, -Errno.EMSGSIZE, -Errno.ENOBUFS, 2));
    stage(sender, 100);
    stage(sender, 101);
    stage(sender, 102);
    stage(sender, 103);
    sender.flush();
    assertThat(witness.told)
        .containsExactly(
            "begin", "100", "end", "begin", "end", "begin", "end", "begin", "102", "103", "end");
  }

  @Test
  void anInterfaceThatGoesDownToBeDeletedIsSaidToBeGone() {
    BatchSender sender = sender(Oversize.SKIP);
    link.inner.answers.addAll(List.of(1, -Errno.ENETDOWN));
    clock.at(50_000_000, () -> link.exists = false);
    stage(sender, 100);
    stage(sender, 200);
    stage(sender, 300);
    sender.flush();
    assertThat(sender.linkLost()).isTrue();
    assertThat(sender.lostWith()).hasValue(Errno.ENODEV);
    assertThat(clock.nanoTime()).isBetween(50_000_000L, 55_000_000L);
    assertThat(tally.sent()).isEqualTo(1);
    assertThat(tally.failedBy(Integer::toString)).isEqualTo(Map.of("" + Errno.ENODEV, 1L));
  }

  @Test
  void oneThatStaysIsSaidToBeDown() {
    BatchSender sender = sender(Oversize.SKIP);
    link.inner.answers.add(-Errno.ENETDOWN);
    clock.at(BatchSender.DELETION + 100_000_000, () -> link.exists = false);
    send(sender, 100);
    assertThat(sender.lostWith()).hasValue(Errno.ENETDOWN);
    assertThat(tally.failedBy(Integer::toString)).isEqualTo(Map.of("" + Errno.ENETDOWN, 1L));
  }

  @Test
  void oneWithoutCarrierMayBeOnItsWayToBeingDeletedToo() {
    BatchSender sender = sender(Oversize.SKIP);
    link.inner.running = false;
    sender.checkLink(clock.nanoTime());
    assertThat(sender.linkLost()).isTrue();
    assertThat(sender.lostWith()).isEmpty();
    BatchSender second = sender(Oversize.SKIP);
    clock.at(clock.nanoTime() + 50_000_000, () -> link.exists = false);
    second.checkLink(clock.nanoTime());
    assertThat(second.lostWith()).hasValue(Errno.ENODEV);
  }

  private BatchSender sender(Oversize oversize) {
    return new BatchSender(
        link, clock, new StopFlag(), tally, new TimingErrors(), false, oversize, witness);
  }

  private void send(BatchSender sender, int length) {
    stage(sender, length);
    sender.flush();
  }

  private void stage(BatchSender sender, int length) {
    sender.stage(frame, 0, length, false);
    sender.commit(0);
  }

  private void tagged() {
    frame.putShort(12, (short) 0x8100);
  }

  /** Tells a limit that can be changed. */
  private static final class LimitedLink implements FrameLink {
    final TestLink inner;
    int untagged = UNTAGGED;
    boolean exists = true;

    LimitedLink(TestLink inner) {
      this.inner = inner;
    }

    @Override
    public int slots() {
      return inner.slots();
    }

    @Override
    public int slotLength() {
      return inner.slotLength();
    }

    @Override
    public void put(int slot, ByteBuffer from, int offset, int length) {
      inner.put(slot, from, offset, length);
    }

    @Override
    public int send(int first, int count) {
      return inner.send(first, count);
    }

    @Override
    public int longestFrame(boolean tagged) {
      return tagged ? untagged + 4 : untagged;
    }

    @Override
    public void awaitRoom(int millis) {
      inner.awaitRoom(millis);
    }

    @Override
    public boolean isRunning() {
      return inner.isRunning();
    }

    @Override
    public boolean exists() {
      return exists;
    }
  }

  /** Takes the length for the fingerprint. */
  private static final class Events implements FrameWitness {
    final List<String> told = new ArrayList<>();

    @Override
    public long fingerprint(ByteBuffer from, int offset, int length) {
      return length;
    }

    @Override
    public void handingOver() {
      told.add("begin");
    }

    @Override
    public void accepted(long fingerprint) {
      told.add(Long.toString(fingerprint));
    }

    @Override
    public void handedOver() {
      told.add("end");
    }
  }
}
