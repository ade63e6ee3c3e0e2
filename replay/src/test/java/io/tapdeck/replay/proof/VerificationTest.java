package io.tapdeck.replay.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapdeck.capture.os.OsException;
import io.tapdeck.replay.os.Backend;
import io.tapdeck.replay.os.InterfaceLink;
import io.tapdeck.replay.os.VethPair;
import io.tapdeck.replay.pace.StopFlag;
import io.tapdeck.replay.pace.SystemClock;
import io.tapdeck.replay.pace.TimingErrors;
import io.tapdeck.replay.proof.Verdict.Arrivals;
import io.tapdeck.replay.transmit.BatchSender;
import io.tapdeck.replay.transmit.FrameLink;
import io.tapdeck.replay.transmit.FrameWitness;
import io.tapdeck.replay.transmit.Oversize;
import io.tapdeck.replay.transmit.Tally;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** On a veth that is really there, with links in between that do what links should not. */
@Tag("lab")
class VerificationTest {
  private static final int FRAMES = 50_000;

  private VethPair veth;

  @BeforeEach
  void makeVeth() {
    veth = new VethPair();
  }

  @AfterEach
  void removeVeth() {
    veth.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"PACKET", "XDP"})
  void allThatIsSentAtTopSpeedArrivesInOrder(Backend backend) throws Exception {
    Verdict verdict = play(backend, FRAMES, UnaryOperator.identity());
    Arrivals arrivals = verdict.arrivals().orElseThrow();
    // How fast the receiver is is not the matter here, but that it knows what it did not see.
    assertThat(arrivals.missing()).isEqualTo(arrivals.receiverDropped());
    assertThat(arrivals.arrived() + arrivals.missing()).isEqualTo(FRAMES);
    assertThat(arrivals.outOfOrder() + arrivals.duplicates() + arrivals.unrelated()).isZero();
    assertThat(arrivals.unwatched()).isZero();
    assertThat(verdict.transmitted().orElseThrow().txPackets()).isEqualTo(FRAMES);
    assertThat(verdict.sentences())
        .contains("near0 counted 50,000 frames sent, as many as the kernel accepted.");
    if (arrivals.receiverDropped() == 0) {
      assertThat(verdict.proven()).isTrue();
      assertThat(verdict.sentences())
          .contains("All 50,000 frames arrived at " + receiver() + ", in order.");
    }
  }

  @Test
  void whatALinkSwallowsIsMissingInSoManyPlaces() throws Exception {
    Verdict verdict = play(Backend.PACKET, 10_000, link -> new Unfaithful(link, 100, 0, 0));
    Arrivals arrivals = verdict.arrivals().orElseThrow();
    assertThat(arrivals.receiverDropped()).isZero();
    assertThat(arrivals.missing()).isEqualTo(100);
    assertThat(arrivals.gaps()).isEqualTo(99); // after the last nothing came
    assertThat(verdict.proven()).isFalse();
    assertThat(verdict.sentences())
        .containsExactly(
            "near0 counted 9,900 frames sent, 100 fewer than the kernel accepted.",
            "Of 10,000 frames 9,900 arrived at " + receiver() + ", 100 are missing in 99 places.");
  }

  @Test
  void whatALinkDoublesArrivesMoreThanOnceAndTheCountersSayThatOthersSentToo() throws Exception {
    Verdict verdict = play(Backend.PACKET, 10_000, link -> new Unfaithful(link, 0, 100, 0));
    Arrivals arrivals = verdict.arrivals().orElseThrow();
    assertThat(arrivals.missing()).isZero();
    assertThat(arrivals.duplicates()).isEqualTo(100);
    assertThat(verdict.proven()).isFalse();
    assertThat(verdict.sentences())
        .containsExactly(
            "near0 counted 10,100 frames sent, 100 more than the kernel accepted of this replay:"
                + " others sent by it too, so that its counter proves nothing about these.",
            "All 10,000 frames arrived at " + receiver() + ", in order.",
            "100 frames arrived more than once.");
  }

  @Test
  void whatALinkTurnsRoundIsOutOfOrder() throws Exception {
    Verdict verdict = play(Backend.PACKET, 10_000, link -> new Unfaithful(link, 0, 0, 100));
    Arrivals arrivals = verdict.arrivals().orElseThrow();
    assertThat(arrivals.missing()).isZero();
    assertThat(arrivals.outOfOrder()).isEqualTo(99); // the last has none to change places with
    assertThat(verdict.proven()).isFalse();
    assertThat(verdict.sentences()).contains("99 frames arrived out of order.");
  }

  @Test
  void whatOthersSendMeanwhileIsUnrelated() throws Exception {
    Verdict verdict =
        veth.onNear(() -> {
          try (Verification verification = begin();
              InterfaceLink link = Backend.PACKET.open(VethPair.NEAR, true).link();
              InterfaceLink others = Backend.PACKET.open(VethPair.NEAR, true).link()) {
            long sent = send(link, verification.witness(), 500);
            send(others, FrameWitness.NOBODY, 600, 1_000_000);
            sent += send(link, verification.witness(), 500, 500);
            return verification.end(sent);
          }
        });
    Arrivals arrivals = verdict.arrivals().orElseThrow();
    assertThat(arrivals.arrived()).isEqualTo(1_000);
    assertThat(arrivals.unrelated()).isEqualTo(600);
    assertThat(verdict.proven()).isTrue();
    assertThat(verdict.sentences()).contains("600 frames arrived that this replay did not send.");
  }

  @Test
  @Timeout(60)
  void othersThatGoOnSendingDoNotKeepItFromEnding() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    Verdict verdict =
        veth.onNear(() -> {
          // It is in this thread's namespace.
          Thread chatter = Thread.ofPlatform().unstarted(() -> chat(over));
          try (Verification verification = begin();
              InterfaceLink link = Backend.PACKET.open(VethPair.NEAR, true).link()) {
            chatter.start();
            long sent = send(link, verification.witness(), 500);
            return verification.end(sent + 1);
          } finally {
            over.set(true);
            chatter.join();
          }
        });
    Arrivals arrivals = verdict.arrivals().orElseThrow();
    assertThat(arrivals.arrived()).isEqualTo(500);
    assertThat(arrivals.missing()).isEqualTo(1);
    assertThat(arrivals.unrelated()).isPositive();
  }

  /** Sends some hundred frames a second that nobody is told of. */
  private static void chat(AtomicBoolean over) {
    try (InterfaceLink others = Backend.PACKET.open(VethPair.NEAR, true).link()) {
      for (int number = 1_000_000; !over.get(); number++) {
        send(others, FrameWitness.NOBODY, 1, number);
        LockSupport.parkNanos(2_000_000);
      }
    } catch (OsException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void taggedFramesAreKnownThoughTheKernelTakesTheTagOut() throws Exception {
    Verdict verdict =
        veth.onNear(() -> {
          try (Verification verification = begin();
              InterfaceLink link = Backend.XDP.open(VethPair.NEAR, true).link()) {
            BatchSender sender = sender(link, verification.witness(), new Tally());
            ByteBuffer frame = frame();
            frame.putShort(12, (short) 0x8100).putShort(14, (short) 0x0123);
            frame.putShort(16, (short) 0x0800);
            sender.stage(frame, 0, 100, false);
            sender.commit(0);
            frame.putShort(12, (short) 0x88A8).putShort(16, (short) 0x8100);
            sender.stage(frame, 0, 100, false);
            sender.commit(0);
            sender.flush();
            return verification.end(2);
          }
        });
    assertThat(verdict.proven()).isTrue();
    assertThat(verdict.arrivals().orElseThrow().arrived()).isEqualTo(2);
  }

  @Test
  void withoutAReceiverTheCountersAreAllThatIsTold() throws Exception {
    Verdict verdict =
        veth.onNear(() -> {
          try (Verification verification = Verification.begin(VethPair.NEAR, Optional.empty());
              InterfaceLink link = Backend.XDP.open(VethPair.NEAR, true).link()) {
            return verification.end(send(link, verification.witness(), 1_000));
          }
        });
    assertThat(verdict.proven()).isTrue();
    assertThat(verdict.arrivals()).isEmpty();
    assertThat(verdict.sentences())
        .containsExactly("near0 counted 1,000 frames sent, as many as the kernel accepted.");
  }

  @Test
  void anInterfaceThatIsGoneProvesNothing() throws Exception {
    Verdict verdict =
        veth.onNear(() -> {
          try (Verification verification = begin();
              InterfaceLink link = Backend.PACKET.open(VethPair.NEAR, true).link()) {
            long sent = send(link, verification.witness(), 1_000);
            veth.near("link", "del", VethPair.NEAR);
            return verification.end(sent);
          }
        });
    assertThat(verdict.proven()).isFalse();
    assertThat(verdict.sentences()).contains("near0 is gone, and its counters with it.");
  }

  @Test
  void aReceiverThatIsNotThereIsRefusedEveryTime() throws Exception {
    Receiver nowhere = Receiver.parse("nowhere0@" + veth.far().name());
    veth.onNear(() -> {
      // The refusal comes from another thread: once is not enough to know that it is waited for.
      for (int time = 0; time < 500; time++) {
        assertThatThrownBy(() -> Verification.begin(VethPair.NEAR, Optional.of(nowhere)))
            .isInstanceOf(IOException.class)
            .hasMessageStartingWith("cannot capture on nowhere0@");
      }
      return null;
    });
  }

  @Test
  void aReceiverIsAnInterfaceAndMaybeItsNamespace() {
    assertThat(Receiver.parse("eth1").namespace()).isEmpty();
    assertThat(Receiver.parse("eth1@far").namespace().orElseThrow().name()).isEqualTo("far");
    assertThat(Receiver.parse("eth1@far")).hasToString("eth1@far");
    assertThatThrownBy(() -> Receiver.parse("@far")).hasMessageContaining("write IFACE");
    assertThatThrownBy(() -> Receiver.parse("eth1@")).hasMessageContaining("namespace");
  }

  private Verdict play(Backend backend, int frames, UnaryOperator<FrameLink> between)
      throws Exception {
    return veth.onNear(() -> {
      try (Verification verification = begin();
          InterfaceLink link = backend.open(VethPair.NEAR, true).link()) {
        return verification.end(send(between.apply(link), verification.witness(), frames));
      }
    });
  }

  private Verification begin() throws IOException {
    return Verification.begin(VethPair.NEAR, Optional.of(Receiver.parse(receiver())));
  }

  private String receiver() {
    return VethPair.FAR + "@" + veth.far().name();
  }

  private static long send(FrameLink link, FrameWitness witness, int frames) {
    return send(link, witness, frames, 0);
  }

  private static long send(FrameLink link, FrameWitness witness, int frames, int from) {
    Tally tally = new Tally();
    BatchSender sender = sender(link, witness, tally);
    ByteBuffer frame = frame();
    for (int number = from; number < from + frames; number++) {
      frame.putInt(40, number);
      sender.stage(frame, 0, 64, false);
      sender.commit(0);
      if (!sender.hasRoom() || number == from + frames - 1) {
        sender.flush();
      }
    }
    return tally.sent();
  }

  private static BatchSender sender(FrameLink link, FrameWitness witness, Tally tally) {
    return new BatchSender(
        link,
        SystemClock.real(),
        new StopFlag(),
        tally,
        new TimingErrors(),
        false,
        Oversize.SKIP,
        witness);
  }

  private static ByteBuffer frame() {
    ByteBuffer frame = ByteBuffer.allocateDirect(256);
    return frame.put(0, new byte[] {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45});
  }

  /** Says that it sent all, one by one, and swallows, doubles or turns round every so-manieth. */
  private static final class Unfaithful implements FrameLink {
    private final FrameLink link;
    private final int swallowed;
    private final int doubled;
    private final int turned;
    private int seen;
    private int turns;

    Unfaithful(FrameLink link, int swallowed, int doubled, int turned) {
      this.link = link;
      this.swallowed = swallowed;
      this.doubled = doubled;
      this.turned = turned;
    }

    @Override
    public int slots() {
      return link.slots();
    }

    @Override
    public int slotLength() {
      return link.slotLength();
    }

    @Override
    public void put(int slot, ByteBuffer from, int offset, int length) {
      link.put(slot, from, offset, length);
    }

    @Override
    public int send(int first, int count) {
      for (int slot = first; slot < first + count; slot++) {
        seen++;
        if (isTurn(swallowed)) {
          continue;
        }
        if (turnsDue() && slot + 1 < first + count) {
          turns++;
          seen++;
          sendOne(slot + 1);
          sendOne(slot);
          slot++;
          continue;
        }
        sendOne(slot);
        if (isTurn(doubled)) {
          again(slot);
        }
      }
      return count;
    }

    /** At the end of a batch there is none to change places with: then one of the next. */
    private boolean turnsDue() {
      return turned > 0 && seen / turned > turns;
    }

    private boolean isTurn(int every) {
      return every > 0 && seen % every == 0;
    }

    private void again(int slot) {
      sendOne(slot);
    }

    private void sendOne(int slot) {
      assertThat(link.send(slot, 1)).isEqualTo(1);
    }

    @Override
    public void awaitRoom(int millis) {
      link.awaitRoom(millis);
    }

    @Override
    public boolean isRunning() {
      return link.isRunning();
    }
  }
}
