package io.tapdeck.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.PcapFormat;
import io.tapdeck.replay.input.CaptureInput;
import io.tapdeck.replay.input.FrameOrder;
import io.tapdeck.replay.input.FrameSource;
import io.tapdeck.replay.input.InputSettings;
import io.tapdeck.replay.input.Selection;
import io.tapdeck.replay.pace.Pace;
import io.tapdeck.replay.pace.TimingErrors;
import io.tapdeck.replay.rewrite.FrameRewriter;
import io.tapdeck.replay.rewrite.Side;
import io.tapdeck.replay.transmit.BatchSender;
import io.tapdeck.replay.transmit.FrameWitness;
import io.tapdeck.replay.transmit.Oversize;
import io.tapdeck.replay.transmit.Tally;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlayerTest {
  private static final Pace ORIGINAL = new Pace.Original(Pace.Original.UNCHANGED);

  /** The test clock's beginning, and a player's lead. */
  private static final long FIRST = 1_000 + 200_000;

  private static final int EMSGSIZE = 90;
  private static final int ENOBUFS = 105;
  private static final int EAGAIN = 11;
  private static final int EPERM = 1;
  private static final int ENETDOWN = 100;

  @TempDir Path directory = Path.of("");

  private final TestClock clock = new TestClock();
  private final TestLink link = new TestLink(clock);
  private Orders orders = new Orders(ORIGINAL, false);
  private Pacing pacing = Pacing.ORIGINAL;
  private Optional<SideRule> sides = Optional.empty();
  private Optional<FrameRewriter> rewriter = Optional.empty();
  private Oversize oversize = Oversize.SKIP;
  private @Nullable TestLink serverLink;
  private final Tally serverTally = new Tally();
  private @Nullable Player player;
  private final Tally tally = new Tally();
  private final TimingErrors timingErrors = new TimingErrors();
  private Runnable beforeBeginning = () -> {};
  private List<String> damages = List.of();
  private boolean framesLeft;

  @Test
  void framesGoOutInOrderAtTheirTimesNeverEarly() throws IOException {
    play(ORIGINAL, 1, CaptureFiles.write(directory.resolve("a"), 10, 0, 100_000, 60));
    long first = link.sent.getFirst().at();
    for (int frame = 0; frame < 10; frame++) {
      assertThat(link.sent.get(frame).at() - first).isEqualTo(frame * 100_000L);
      assertThat(link.sent.get(frame).bytes()).isEqualTo(CaptureFiles.frame(frame, 60));
    }
    assertThat(link.batches).containsOnly(1);
    assertThat(timingErrors.maxNanos()).isZero();
    assertThat(tally.sent()).isEqualTo(10);
    assertThat(tally.sentBytes()).isEqualTo(600);
  }

  @Test
  void framesThatAreDueTogetherShareOneHandOver() throws IOException {
    long[] times = {0, 0, 0, 500, 500, 900};
    Arrays.setAll(times, i -> times[i] + CaptureFiles.START);
    int[] lengths = {60, 61, 62, 63, 64, 65};
    play(
        ORIGINAL, 1, CaptureFiles.write(directory.resolve("a"), LinkType.ETHERNET, times, lengths));
    assertThat(link.batches).containsExactly(3, 2, 1);
    assertThat(link.sent)
        .extracting(sent -> sent.bytes().length)
        .containsExactly(60, 61, 62, 63, 64, 65);
  }

  @Test
  void afterALateFrameTheOthersComeInTimeAgainLittleByLittleAndNotInABurst() throws IOException {
    clock.at(FIRST + 100_000, () -> clock.pass(1_500));
    play(ORIGINAL, 1, CaptureFiles.write(directory.resolve("a"), 6, 0, 100_000, 60));
    assertThat(sentAfterFirst())
        .containsExactly(0L, 101_500L, 201_000L, 300_500L, 400_000L, 500_000L);
    assertThat(link.batches).containsOnly(1);
    assertThat(timingErrors.maxNanos()).isEqualTo(1_500);
  }

  @Test
  void framesThatAreLateByMuchGoOutTogetherUntilTheyAreLateByLittle() throws IOException {
    clock.at(FIRST + 10_000, () -> clock.pass(150_000));
    play(ORIGINAL, 1, CaptureFiles.write(directory.resolve("a"), 10, 0, 10_000, 60));
    // Four make a full batch; once they are late by a tenth of a millisecond, gaps are shortened.
    assertThat(link.batches).containsExactly(1, 4, 2, 1, 1, 1);
    assertThat(sentAfterFirst())
        .containsExactly(
            0L, 160_000L, 160_000L, 160_000L, 160_000L, 160_000L, 160_000L, 169_500L, 179_000L,
            188_500L);
  }

  @Test
  void anEvenRateBeginsClearOfTheTickAndOthersAtOnce() throws IOException {
    clock.clearOf = gap -> gap / 2;
    Path file = CaptureFiles.write(directory.resolve("a"), 3, 0, 1_000, 60);
    play(new Pace.PacketsPerSecond(10_000), 1, file);
    assertThat(link.sent.getFirst().at()).isEqualTo(FIRST + 50_000);
    assertThat(sentAfterFirst()).containsExactly(0L, 100_000L, 200_000L);
  }

  @Test
  void atTopSpeedBatchesAreFull() throws IOException {
    play(new Pace.TopSpeed(), 1, CaptureFiles.write(directory.resolve("a"), 10, 0, 1_000, 60));
    assertThat(link.batches).containsExactly(4, 4, 2);
    assertThat(timingErrors.count()).isZero();
  }

  @Test
  void severalFilesMakeOneTimelineAndLoopsArePacedAlike() throws IOException {
    Path one = CaptureFiles.write(directory.resolve("a"), 2, 0, 1_000, 60);
    Path two = CaptureFiles.write(directory.resolve("b"), 2, 5_000, 1_000, 60);
    play(ORIGINAL, 2, one, two);
    long first = link.sent.getFirst().at();
    assertThat(link.sent)
        .extracting(sent -> sent.at() - first)
        .containsExactly(0L, 1_000L, 5_000L, 6_000L, 8_000L, 9_000L, 13_000L, 14_000L);
  }

  @Test
  void whatCannotBeSentIsSkippedByReasonAndDelaysNothing() throws IOException {
    long[] times = {0, 10, 20, 30};
    Arrays.setAll(times, i -> times[i] + CaptureFiles.START);
    Path mixed =
        CaptureFiles.write(
            directory.resolve("a"), LinkType.ETHERNET, times, new int[] {1_519, 13, 1_518, 14});
    Path raw = CaptureFiles.write(directory.resolve("b"), LinkType.RAW, times, new int[4]);
    play(ORIGINAL, 1, mixed, raw);
    assertThat(link.sent).extracting(sent -> sent.bytes().length).containsExactly(1_518, 14);
    assertThat(tally.skippedBy())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("oversize", 1L, "shorter than an Ethernet header", 1L, "link type", 4L));
    assertThat(tally.read()).isEqualTo(8);
  }

  @Test
  void ofAPcapngFileTheFramesOfAnotherLinkTypeAreSkipped() throws IOException {
    Path file = CaptureFiles.writePcapng(directory.resolve("a"), 10, 1_000, 60);
    play(ORIGINAL, 2, file);
    assertThat(tally.skippedBy()).isEqualTo(Map.of("link type", 10L));
    assertThat(tally.sent()).isEqualTo(10);
    assertThat(link.sent.get(1).bytes()).isEqualTo(CaptureFiles.frame(2, 60));
    assertThat(link.sent.get(1).at() - link.sent.getFirst().at()).isEqualTo(2_000);
  }

  @Test
  void whatTheKernelRefusesIsCountedAndTheRestGoesOn() throws IOException {
    link.answers.addAll(List.of(2, -EMSGSIZE, -EPERM, 1));
    play(new Pace.TopSpeed(), 1, CaptureFiles.write(directory.resolve("a"), 6, 0, 0, 60));
    assertThat(tally.sent()).isEqualTo(4);
    assertThat(tally.skippedBy()).isEqualTo(Map.of("oversize", 1L));
    assertThat(tally.failedBy(Integer::toString)).isEqualTo(Map.of("1", 1L));
    assertThat(tally.read()).isEqualTo(6);
    assertThat(link.sent)
        .extracting(sent -> sent.bytes()[17])
        .containsExactly((byte) 0, (byte) 1, (byte) 4, (byte) 5);
  }

  @Test
  void aRefusalForTheMomentIsTriedAgainAndNothingIsSentTwice() throws IOException {
    link.answers.addAll(List.of(-ENOBUFS, 1, -EAGAIN, -ENOBUFS, 2, 0));
    play(new Pace.TopSpeed(), 1, CaptureFiles.write(directory.resolve("a"), 4, 0, 0, 60));
    assertThat(tally.sent()).isEqualTo(4);
    assertThat(tally.failed()).isZero();
    assertThat(link.sent).hasSize(4);
  }

  @Test
  void aLinkThatIsStuckIsGivenUpFrameByFrame() throws IOException {
    link.lastAnswer = -ENOBUFS;
    long before = clock.nanoTime();
    play(new Pace.TopSpeed(), 1, CaptureFiles.write(directory.resolve("a"), 10, 0, 0, 60));
    assertThat(tally.failedBy(Integer::toString)).isEqualTo(Map.of("105", 10L));
    assertThat(clock.nanoTime() - before).isBetween(1_000_000_000L, 1_200_000_000L);
  }

  @Test
  void framesOfTheLastBatchThatAStopCutShortAreLeft() throws IOException {
    link.answers.add(1);
    link.lastAnswer = -ENOBUFS;
    clock.stopsAt = clock.nanoTime() + 100_000_000;
    // The last is too short to be sent: the player is past it before the batch is handed over.
    long[] times = new long[4];
    Arrays.fill(times, CaptureFiles.START);
    play(
        new Pace.TopSpeed(),
        1,
        CaptureFiles.write(
            directory.resolve("a"), LinkType.ETHERNET, times, new int[] {60, 60, 60, 13}));
    assertThat(tally.sent()).isEqualTo(1);
    assertThat(tally.skipped()).isEqualTo(1);
    assertThat(tally.read()).isEqualTo(2);
    assertThat(framesLeft).isTrue();
  }

  @Test
  void noFramesAreLeftOnceAllAreHandedOver() throws IOException {
    play(ORIGINAL, 1, CaptureFiles.write(directory.resolve("a"), 3, 0, 1_000, 60));
    orders.flag().raise();
    assertThat(framesLeft).isFalse();
  }

  @Test
  void aLostInterfaceEndsIt() throws IOException {
    link.answers.addAll(List.of(2, -ENETDOWN));
    play(new Pace.TopSpeed(), 1, CaptureFiles.write(directory.resolve("a"), 10, 0, 0, 60));
    assertThat(tally.sent()).isEqualTo(2);
    assertThat(tally.failedBy(Integer::toString)).isEqualTo(Map.of("100", 1L));
  }

  @Test
  void aLostCarrierEndsItThoughTheKernelAccepts() throws IOException {
    link.running = false;
    play(ORIGINAL, 1, CaptureFiles.write(directory.resolve("a"), 10, 0, 20_000_000, 60));
    assertThat(tally.sent()).isLessThan(2);
  }

  @Test
  void aDamagedFileIsPlayedUpToTheDamageAndTheNextFollows() throws IOException {
    Path cut = CaptureFiles.write(directory.resolve("a"), 3, 0, 1_000, 60);
    byte[] whole = Files.readAllBytes(cut);
    Files.write(cut, Arrays.copyOf(whole, whole.length - 7));
    play(ORIGINAL, 3, cut, CaptureFiles.write(directory.resolve("b"), 1, 9_000, 0, 60));
    assertThat(tally.sent()).isEqualTo(9);
    assertThat(damages)
        .containsExactly(
            cut
                + " is damaged at byte 176: the last frame is cut short; its last 69 bytes were not"
                + " played");
  }

  @Test
  void framesTruncatedWhenCapturedAreSentAsTheyAreAndCounted() throws IOException {
    Path path = CaptureFiles.write(directory.resolve("a"), 2, 0, 1_000, 60);
    byte[] bytes = Files.readAllBytes(path);
    ByteBuffer.wrap(bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(PcapFormat.FILE_HEADER_LENGTH + PcapFormat.ORIGINAL_LENGTH_OFFSET, 1_500);
    Files.write(path, bytes);
    play(ORIGINAL, 1, path);
    assertThat(tally.sent()).isEqualTo(2);
    assertThat(tally.sentTruncated()).isEqualTo(1);
  }

  @Test
  void filesWithoutPacketsEndAtOnceHoweverOftenTheyAreLooped() throws IOException {
    play(ORIGINAL, Pacing.MOST_PASSES, CaptureFiles.write(directory.resolve("a"), 0, 0, 0, 0));
    assertThat(tally.read()).isZero();
  }

  @Test
  void aPauseShiftsWhatComesByItsLengthAndNothingElse() throws IOException {
    Path file = CaptureFiles.write(directory.resolve("a"), 4, 0, 100_000, 60);
    clock.at(FIRST + 130_000, orders::pause);
    clock.at(FIRST + 5_130_000, orders::resume);
    play(ORIGINAL, 1, file);
    assertThat(sentAfterFirst()).containsExactly(0L, 100_000L, 5_200_000L, 5_300_000L);
    assertThat(timingErrors.maxNanos()).isZero();
    assertThat(player().pausedNanos()).isEqualTo(5_000_000);
    assertThat(player().playedNanos(clock.nanoTime())).isEqualTo(300_000);
  }

  @Test
  void whilePausedEachStepSendsSoManyFramesAtOnce() throws IOException {
    Path file = CaptureFiles.write(directory.resolve("a"), 6, 0, 100_000, 60);
    orders = new Orders(ORIGINAL, true);
    clock.at(50_000_000, () -> orders.step(1));
    clock.at(60_000_000, () -> orders.step(2));
    clock.at(70_000_000, orders::resume);
    play(ORIGINAL, 1, file);
    assertThat(link.sent)
        .extracting(TestLink.Sent::at)
        .containsExactly(
            50_000_000L, 60_000_000L, 60_000_000L, 70_100_000L, 70_200_000L, 70_300_000L);
    assertThat(player().playedNanos(clock.nanoTime())).isEqualTo(300_000);
    assertThat(player().pausedNanos()).isEqualTo(20_000_000);
  }

  @Test
  void aStepWhilePlayingPauses() throws IOException {
    Path file = CaptureFiles.write(directory.resolve("a"), 4, 0, 100_000, 60);
    clock.at(FIRST + 110_000, () -> orders.step(1));
    play(ORIGINAL, 1, file);
    assertThat(sentAfterFirst()).containsExactly(0L, 100_000L, 110_000L);
    assertThat(player().awaitsOrder()).isTrue();
    assertThat(framesLeft).isTrue();
  }

  @Test
  void anotherSpeedCountsFromTheFrameBefore() throws IOException {
    Path file = CaptureFiles.write(directory.resolve("a"), 4, 0, 100_000, 60);
    clock.at(FIRST + 110_000, () -> orders.play(new Pace.Original(500_000)));
    play(ORIGINAL, 1, file);
    assertThat(sentAfterFirst()).containsExactly(0L, 100_000L, 300_000L, 500_000L);
  }

  @Test
  void aFasterPaceDoesNotCatchUpWithWhatItWouldHaveSentBefore() throws IOException {
    Path file = CaptureFiles.write(directory.resolve("a"), 5, 0, 1_000_000_000, 60);
    clock.at(FIRST + 900_000_000, () -> orders.play(new Pace.PacketsPerSecond(1_000)));
    play(ORIGINAL, 1, file);
    assertThat(sentAfterFirst())
        .containsExactly(0L, 900_000_000L, 901_000_000L, 902_000_000L, 903_000_000L);
    assertThat(timingErrors.maxNanos()).isZero();
  }

  @Test
  void aPaceThatIsOrderedBeforeTheBeginningIsPlayed() throws IOException {
    Path file = CaptureFiles.write(directory.resolve("a"), 3, 0, 100_000, 60);
    beforeBeginning = () -> orders.play(new Pace.Original(500_000));
    play(ORIGINAL, 1, file);
    assertThat(sentAfterFirst()).containsExactly(0L, 200_000L, 400_000L);
  }

  @Test
  void aPaceThatIsOrderedInAPauseOfTopSpeedCountsFromThePause() throws IOException {
    Path file = CaptureFiles.write(directory.resolve("a"), 6, 0, 1_000, 60);
    orders = new Orders(new Pace.TopSpeed(), false);
    link.afterCall =
        () -> {
          if (link.sent.size() == 4) {
            orders.pause();
          }
        };
    clock.at(1_000_000_000, () -> orders.play(new Pace.PacketsPerSecond(1_000)));
    clock.at(3_000_000_000L, orders::resume);
    play(new Pace.TopSpeed(), 1, file);
    assertThat(link.sent.subList(4, 6))
        .extracting(TestLink.Sent::at)
        .containsExactly(3_001_000_000L, 3_002_000_000L);
  }

  @Test
  void aPauseAfterWhichNothingIsSentIsNotBetweenFrames() throws IOException {
    Path file = CaptureFiles.write(directory.resolve("a"), 3, 0, 1_000_000_000, 60);
    clock.at(FIRST + 1_200_000_000, orders::pause);
    clock.at(FIRST + 9_200_000_000L, orders::resume);
    clock.at(FIRST + 9_300_000_000L, () -> orders.flag().raise());
    play(ORIGINAL, 1, file);
    assertThat(sentAfterFirst()).containsExactly(0L, 1_000_000_000L);
    assertThat(player().pausedNanos()).isZero();
  }

  @Test
  void fromTopSpeedToARateFramesHaveDeadlinesFromNowOn() throws IOException {
    Path file = CaptureFiles.write(directory.resolve("a"), 12, 0, 1_000, 60);
    orders = new Orders(new Pace.TopSpeed(), false);
    link.afterCall =
        () -> {
          clock.pass(1_000_000);
          if (link.sent.size() == 8) {
            orders.play(new Pace.PacketsPerSecond(1_000));
          }
        };
    play(new Pace.TopSpeed(), 1, file);
    long eighth = link.sent.get(7).at();
    assertThat(link.sent.subList(8, 12))
        .extracting(sent -> sent.at() - eighth)
        .containsExactly(2_000_000L, 3_000_000L, 4_000_000L, 5_000_000L);
    assertThat(timingErrors.count()).isEqualTo(4);
  }

  @Test
  void aPauseMayComeWithAnotherPace() throws IOException {
    Path file = CaptureFiles.write(directory.resolve("a"), 4, 0, 100_000, 60);
    clock.at(
        FIRST + 130_000,
        () -> {
          orders.pause();
          orders.play(new Pace.Original(500_000));
        });
    clock.at(FIRST + 1_130_000, orders::resume);
    play(ORIGINAL, 1, file);
    assertThat(sentAfterFirst()).containsExactly(0L, 100_000L, 1_300_000L, 1_500_000L);
  }

  @Test
  void forEverMeansUntilItIsStopped() throws IOException {
    clock.stopsAt = clock.nanoTime() + 10_000_000_000L;
    play(
        new Pace.PacketsPerSecond(100),
        0,
        CaptureFiles.write(directory.resolve("a"), 3, 0, 1_000, 60));
    assertThat(tally.sent()).isEqualTo(1_000);
    assertThat(player().passesDone()).isEqualTo(333);
    assertThat(framesLeft).isTrue();
  }

  @Test
  void whatCannotBeSentOnceIsNotPlayedForEver() throws IOException {
    long[] times = {CaptureFiles.START};
    Path raw = CaptureFiles.write(directory.resolve("a"), LinkType.RAW, times, new int[] {60});
    play(ORIGINAL, 0, raw);
    assertThat(tally.skipped()).isEqualTo(1);
  }

  @Test
  void atTopSpeedTheDelayBetweenPassesIsWaitedFor() throws IOException {
    Path file = CaptureFiles.write(directory.resolve("a"), 5, 0, 1_000, 60);
    link.afterCall = () -> clock.pass(700);
    pacing =
        new Pacing(
            new Pace.TopSpeed(), Optional.empty(), 2, Optional.of(Duration.ofSeconds(1)), false);
    play(file);
    assertThat(link.batches).containsExactly(4, 1, 4, 1);
    assertThat(link.sent.get(5).at() - link.sent.get(4).at()).isEqualTo(1_000_000_700L);
  }

  @Test
  void twoSidesGoOutByTwoInterfacesInOneOrder() throws IOException {
    long[] times = {0, 0, 0, 0, 0, 500, 500};
    Arrays.setAll(times, i -> times[i] + CaptureFiles.START);
    int[] lengths = {60, 61, 62, 63, 64, 65, 66};
    Path file = CaptureFiles.write(directory.resolve("a"), LinkType.ETHERNET, times, lengths);
    sides =
        Optional.of((frame, offset, length) -> {
          // As numbers are in frames, whatever they are in the file.
          assertThat(frame.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
          return List.of(61, 62, 66).contains(length) ? Side.SERVER : Side.CLIENT;
        });
    serverLink = new TestLink(clock);
    TestLink serverSide = serverLink;
    List<Integer> order = new ArrayList<>();
    link.afterCall = () -> order.add(link.sent.getLast().bytes().length);
    serverSide.afterCall = () -> order.add(serverSide.sent.getLast().bytes().length);
    play(ORIGINAL, 1, file);
    assertThat(link.sent).extracting(sent -> sent.bytes().length).containsExactly(60, 63, 64, 65);
    assertThat(serverSide.sent).extracting(sent -> sent.bytes().length).containsExactly(61, 62, 66);
    assertThat(order).containsExactly(60, 62, 64, 65, 66);
    assertThat(serverSide.sent.get(2).at() - serverSide.sent.get(0).at()).isEqualTo(500);
    assertThat(tally.sent()).isEqualTo(4);
    assertThat(serverTally.sent()).isEqualTo(3);
  }

  @Test
  void theLossOfOneOfTwoInterfacesEndsIt() throws IOException {
    Path file = CaptureFiles.write(directory.resolve("a"), 10, 0, 1_000, 60);
    sides =
        Optional.of(
            (frame, offset, length) -> frame.get(offset + 17) == 4 ? Side.SERVER : Side.CLIENT);
    TestLink serverSide = new TestLink(clock);
    serverSide.answers.add(-ENETDOWN);
    serverLink = serverSide;
    play(ORIGINAL, 1, file);
    assertThat(tally.sent()).isEqualTo(4);
    assertThat(serverTally.failed()).isEqualTo(1);
  }

  @Test
  void whatIsSentAndPacedAndTooLongIsTheFrameAsItIsRewritten() throws IOException {
    long[] times = new long[4];
    Arrays.fill(times, CaptureFiles.START);
    Path file =
        CaptureFiles.write(
            directory.resolve("a"), LinkType.ETHERNET, times, new int[] {60, 100, 1_516, 60});
    rewriter = Optional.of(new Growing());
    // A byte takes a microsecond.
    play(new Pace.BitRate(8_000), 2, file);
    assertThat(sentAfterFirst())
        .containsExactly(0L, 64_000L, 168_000L, 232_000L, 296_000L, 400_000L);
    assertThat(link.sent)
        .extracting(sent -> sent.bytes().length)
        .containsExactly(64, 104, 64, 64, 104, 64);
    assertThat(link.sent.get(1).bytes()).startsWith(0, 0, 0, 0, 0, 0).endsWith(0xA, 0xA, 0xA, 0);
    assertThat(link.sent.get(4).bytes()).endsWith(0xA, 0xA, 0xA, 1);
    assertThat(tally.skippedBy()).isEqualTo(Map.of("oversize", 2L));
    assertThat(tally.sentBytes()).isEqualTo(2 * (64 + 104 + 64));
  }

  @Test
  void whereFramesThatAreTooLongAreRefusedThoseBeforeAreSent() throws IOException {
    long[] times = new long[4];
    Arrays.fill(times, CaptureFiles.START);
    Path file =
        CaptureFiles.write(
            directory.resolve("a"), LinkType.ETHERNET, times, new int[] {60, 61, 1_519, 62});
    oversize = Oversize.REFUSE;
    play(ORIGINAL, 2, file);
    assertThat(link.sent).extracting(sent -> sent.bytes().length).containsExactly(60, 61);
    assertThat(tally.skipped()).isEqualTo(1);
  }

  /** Four bytes longer, of which the last is the pass. */
  private static final class Growing implements FrameRewriter {
    @Override
    public int growth() {
      return 4;
    }

    @Override
    public int rewrite(
        ByteBuffer frame, int offset, int length, long originalLength, Side side, long pass) {
      frame.putInt(offset + length, 0x0A0A0A00 | (int) pass);
      for (int i = 0; i < 6; i++) {
        frame.put(offset + i, (byte) 0);
      }
      return length + 4;
    }
  }

  /** When frames went out, counted from the first. */
  private List<Long> sentAfterFirst() {
    return link.sent.stream().map(sent -> sent.at() - link.sent.getFirst().at()).toList();
  }

  private Player player() {
    return Objects.requireNonNull(player);
  }

  private void play(Pace pace, long passes, Path... files) throws IOException {
    pacing = Pacing.of(pace, passes);
    if (!orders.pace().equals(pace)) {
      orders = new Orders(pace, false);
    }
    play(files);
  }

  private void play(Path... files) throws IOException {
    if (!orders.pace().equals(pacing.pace())) {
      orders = new Orders(pacing.pace(), false);
    }
    Outlet client = outlet(link, tally);
    Outlet server = serverLink == null ? client : outlet(serverLink, serverTally);
    List<String> names = Arrays.stream(files).map(Path::toString).toList();
    InputSettings settings = new InputSettings(names, FrameOrder.GIVEN, Selection.ALL, false);
    try (CaptureInput input = CaptureInput.check(settings);
        FrameSource sequence = input.open()) {
      beforeBeginning.run();
      Player played =
          new Player(
              sequence,
              sides,
              rewriter,
              pacing.timetable(),
              client,
              server,
              clock,
              orders,
              pacing.passes());
      player = played;
      played.begin();
      boolean stuck = false;
      while (!played.isDone() && !orders.flag().raised() && !stuck) {
        if (played.doWork() == 0) {
          if (played.awaitsOrder() && !orders.flag().calls()) {
            stuck = !clock.happen();
          } else {
            clock.waitUntil(played.nextDeadline(), orders.flag());
          }
        }
      }
      damages = sequence.damages();
      framesLeft = played.hasFramesLeft();
    }
  }

  private Outlet outlet(TestLink to, Tally counts) {
    boolean hasDeadlines = pacing.timetable().hasDeadlines();
    return new Outlet(
        "test",
        new BatchSender(
            to,
            clock,
            orders.flag(),
            counts,
            timingErrors,
            hasDeadlines,
            oversize,
            FrameWitness.NOBODY),
        counts);
  }
}
