package io.tapdeck.replay.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.tapdeck.capture.os.Errno;
import io.tapdeck.capture.os.OsException;
import io.tapdeck.replay.pace.StopFlag;
import io.tapdeck.replay.pace.SystemClock;
import io.tapdeck.replay.pace.TimingErrors;
import io.tapdeck.replay.transmit.BatchSender;
import io.tapdeck.replay.transmit.FrameWitness;
import io.tapdeck.replay.transmit.Oversize;
import io.tapdeck.replay.transmit.Tally;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Both ways of sending, to a veth that is really there. */
@Tag("lab")
class InterfaceLinkTest {
  private static final int MTU = 1_500;
  private static final long SENDING_NANOS = TimeUnit.MILLISECONDS.toNanos(400);

  /** Bytes for 32,000 frames: where a call of native code is not inlined it makes one object. */
  private static final long MUCH = 32_000;

  private VethPair veth;

  @BeforeEach
  void makeVeth() {
    veth = new VethPair();
  }

  @AfterEach
  void removeVeth() {
    veth.close();
  }

  /** What a thread that sends came to. */
  private record Outcome(long sent, long failed, boolean linkLost) {}

  @ParameterizedTest
  @EnumSource(names = {"PACKET", "XDP"})
  void whatIsCountedAsSentAtTopSpeedArrives(Backend backend) throws Exception {
    Outcome outcome = veth.onNear(() -> sendFor(backend, SENDING_NANOS, new CountDownLatch(0)));

    assertThat(outcome.sent).isGreaterThan(10_000);
    assertThat(outcome.linkLost).isFalse();
    assertThat(veth.received()).isEqualTo(outcome.sent);
  }

  @ParameterizedTest
  @EnumSource(names = {"PACKET", "XDP"})
  void whenTheOtherEndGoesDownItEndsAndOnlyWhatArrivedIsCounted(Backend backend) throws Exception {
    Outcome outcome = whileSending(backend, () -> veth.far("link", "set", VethPair.FAR, "down"));

    assertThat(outcome.linkLost).isTrue();
    assertThat(veth.received()).isEqualTo(outcome.sent);
  }

  @ParameterizedTest
  @EnumSource(names = {"PACKET", "XDP"})
  void whenTheInterfaceGoesDownItEndsAndNothingIsCountedThatDidNotArrive(Backend backend)
      throws Exception {
    Outcome outcome = whileSending(backend, () -> veth.near("link", "set", VethPair.NEAR, "down"));

    assertThat(outcome.linkLost).isTrue();
    // Of the call that went on meanwhile a packet socket does not know, so none of it counts.
    assertThat(veth.received()).isBetween(outcome.sent, outcome.sent + TransmitSocket.SLOTS);
  }

  @ParameterizedTest
  @EnumSource(names = {"PACKET", "XDP"})
  void whenTheInterfaceIsRemovedItEnds(Backend backend) throws Exception {
    Outcome outcome = whileSending(backend, () -> veth.near("link", "del", VethPair.NEAR));

    assertThat(outcome.linkLost).isTrue();
    assertThat(outcome.failed).isLessThanOrEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"PACKET", "XDP"})
  void aFrameBeyondTheMtuIsRefusedUnlessItsTagMakesItSo(Backend backend) throws Exception {
    veth.onNear(() -> {
      try (InterfaceLink link = open(backend)) {
        ByteBuffer frame = frame();
        link.put(0, frame, 0, MTU + 14);
        link.put(1, frame, 0, MTU + 15);
        assertThat(link.send(0, 2)).isEqualTo(1);
        assertThat(link.send(1, 1)).isEqualTo(-Errno.EMSGSIZE);

        frame.putShort(12, (short) 0x8100);
        link.put(0, frame, 0, MTU + 18);
        assertThat(link.send(0, 1)).isEqualTo(1);
        assertThat(link.longestFrame(false)).isEqualTo(MTU + 14);
        assertThat(link.longestFrame(true)).isEqualTo(MTU + 18);
        return null;
      }
    });
    assertThat(veth.received()).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource(names = {"PACKET", "XDP"})
  void anMtuThatIsLoweredMeanwhileHolds(Backend backend) throws Exception {
    veth.onNear(() -> {
      try (InterfaceLink link = open(backend)) {
        link.put(0, frame(), 0, 1_400);
        veth.near("link", "set", VethPair.NEAR, "mtu", "1000");
        assertThat(link.longestFrame(false)).isEqualTo(1_014);
        assertThat(link.send(0, 1)).isEqualTo(-Errno.EMSGSIZE);
        return null;
      }
    });
    assertThat(veth.received()).isZero();
  }

  @ParameterizedTest
  @EnumSource(names = {"PACKET", "XDP"})
  void aRehearsalSendsNothingAndTheReplayAfterItAll(Backend backend) throws Exception {
    veth.onNear(() -> {
      try (InterfaceLink link = open(backend)) {
        link.setRehearsing(true);
        sendBatches(link, 1_000);
        assertThat(veth.received()).isZero();
        link.setRehearsing(false);
        sendBatches(link, 1_000);
        return null;
      }
    });
    assertThat(veth.received()).isEqualTo(64_000);
  }

  @ParameterizedTest
  @EnumSource(names = {"PACKET", "XDP"})
  void sendingAllocatesNothingForAFrame(Backend backend) throws Exception {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long allocated =
        veth.onNear(() -> {
          try (InterfaceLink link = open(backend)) {
            long least = Long.MAX_VALUE;
            // Once it is compiled; until then calls of native code make objects.
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (least >= MUCH && System.nanoTime() - end < 0) {
              long before = threads.getCurrentThreadAllocatedBytes();
              sendBatches(link, 500);
              least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }
            return least;
          }
        });
    assertThat(allocated).isLessThan(MUCH);
  }

  @ParameterizedTest
  @EnumSource(names = {"PACKET", "XDP"})
  void aReplayCanFollowAnotherAtOnce(Backend backend) throws Exception {
    veth.onNear(() -> {
      for (int time = 0; time < 5; time++) {
        try (InterfaceLink link = open(backend)) {
          sendBatches(link, 10);
        }
      }
      return null;
    });
    assertThat(veth.received()).isEqualTo(5 * 640);
  }

  @Test
  void xdpRefusesAnMtuBeyondAPageAndAutoTakesThePacketSocket() throws Exception {
    veth.far("link", "set", VethPair.FAR, "mtu", "9000");
    veth.near("link", "set", VethPair.NEAR, "mtu", "9000");
    veth.onNear(() -> {
      assertThatThrownBy(() -> XdpSocket.open(VethPair.NEAR))
          .isInstanceOfSatisfying(
              OsException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EMSGSIZE));
      try (InterfaceLink link = assertChoice(true, Backend.PACKET, "AF_XDP is not to be had: ")) {
        assertThat(link.longestFrame(false)).isEqualTo(9_014);
      }
      return null;
    });
  }

  @Test
  void autoTakesXdpForTopSpeedAndThePacketSocketForDeadlines() throws Exception {
    veth.onNear(() -> {
      assertChoice(true, Backend.XDP, "at top speed").close();
      assertChoice(false, Backend.PACKET, "the frames are paced").close();
      return null;
    });
  }

  @Test
  void autoGoesPastNoQueueingDiscipline() throws Exception {
    VethPair.run(
        "tc", "-n", veth.near().name(), "qdisc", "add", "dev", VethPair.NEAR, "root", "pfifo");
    veth.onNear(() -> {
      assertChoice(true, Backend.PACKET, "AF_XDP would go past the queue of near0").close();
      return null;
    });
  }

  @Test
  void autoGoesPastNobodyWhoCaptures() throws Exception {
    veth.onNear(() -> {
      try (var capture =
          io.tapdeck.capture.libpcap.LiveHandle.open(
              VethPair.NEAR, 96, 1 << 20, java.time.Duration.ofMillis(10))) {
        assertThat(capture.descriptor()).isPositive();
        assertChoice(true, Backend.PACKET, "who captures on near0").close();
      }
      return null;
    });
  }

  @Test
  void anInterfaceThatIsNotThereIsToldByItsErrorNumber() throws Exception {
    veth.onNear(() -> {
      for (Backend backend : Backend.values()) {
        assertThatThrownBy(() -> backend.open("nowhere0", true))
            .isInstanceOfSatisfying(
                OsException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENODEV));
      }
      return null;
    });
  }

  private static InterfaceLink assertChoice(boolean topSpeed, Backend backend, String reason)
      throws OsException {
    Backend.Opened opened = Backend.AUTO.open(VethPair.NEAR, topSpeed);
    assertThat(opened.reason()).startsWith(reason);
    assertThat(opened.backend()).isEqualTo(backend);
    assertThat(opened.link().target().name()).isEqualTo(VethPair.NEAR);
    return opened.link();
  }

  private Outcome whileSending(Backend backend, Runnable event) throws Exception {
    CountDownLatch sending = new CountDownLatch(1);
    AtomicReference<Outcome> outcome = new AtomicReference<>();
    AtomicReference<Exception> failure = new AtomicReference<>();
    Thread sender =
        Thread.ofPlatform()
            .start(() -> {
              try {
                outcome.set(
                    veth.onNear(() -> sendFor(backend, TimeUnit.SECONDS.toNanos(30), sending)));
              } catch (Exception e) {
                failure.set(e);
                sending.countDown();
              }
            });
    sending.await();
    event.run();
    sender.join();
    if (failure.get() != null) {
      throw failure.get();
    }
    return outcome.get();
  }

  private static Outcome sendFor(Backend backend, long nanos, CountDownLatch sending)
      throws OsException {
    Tally tally = new Tally();
    try (InterfaceLink link = open(backend)) {
      BatchSender sender =
          new BatchSender(
              link,
              SystemClock.real(),
              new StopFlag(),
              tally,
              new TimingErrors(),
              false,
              Oversize.SKIP,
              FrameWitness.NOBODY);
      ByteBuffer frame = frame();
      long end = System.nanoTime() + nanos;
      while (System.nanoTime() - end < 0 && !sender.linkLost()) {
        while (sender.hasRoom()) {
          sender.stage(frame, 0, 64, false);
          sender.commit(0);
        }
        sender.flush();
        if (tally.sent() > 10_000) {
          sending.countDown();
        }
      }
      return new Outcome(tally.sent(), tally.failed(), sender.linkLost());
    }
  }

  private static void sendBatches(InterfaceLink link, int batches) {
    ByteBuffer frame = frame();
    for (int batch = 0; batch < batches; batch++) {
      for (int slot = 0; slot < link.slots(); slot++) {
        link.put(slot, frame, 0, 64);
      }
      int sent = 0;
      while (sent < link.slots()) {
        sent += Math.max(0, link.send(sent, link.slots() - sent));
      }
    }
  }

  private static InterfaceLink open(Backend backend) throws OsException {
    return backend.open(VethPair.NEAR, true).link();
  }

  private static ByteBuffer frame() {
    ByteBuffer frame = ByteBuffer.allocateDirect(2_048);
    frame.put(0, new byte[] {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45});
    return frame;
  }
}
