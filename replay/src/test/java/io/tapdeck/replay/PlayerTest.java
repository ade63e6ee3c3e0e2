package io.tapdeck.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.PcapFormat;
import io.tapdeck.capture.pcap.PcapReader;
import io.tapdeck.replay.pace.Pace;
import io.tapdeck.replay.pace.Schedule;
import io.tapdeck.replay.pace.StopFlag;
import io.tapdeck.replay.pace.TimingErrors;
import io.tapdeck.replay.transmit.BatchSender;
import io.tapdeck.replay.transmit.Tally;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlayerTest {
  private static final Pace ORIGINAL = new Pace.Original(Pace.Original.UNCHANGED);
  private static final int EMSGSIZE = 90;
  private static final int ENOBUFS = 105;
  private static final int EAGAIN = 11;
  private static final int EPERM = 1;
  private static final int ENETDOWN = 100;

  @TempDir Path directory = Path.of("");

  private final TestClock clock = new TestClock();
  private final TestLink link = new TestLink(clock);
  private final StopFlag stop = new StopFlag();
  private final Tally tally = new Tally();
  private final TimingErrors timingErrors = new TimingErrors();
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
    stop.raise();
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
    play(
        ORIGINAL,
        ReplaySettings.MOST_LOOPS,
        CaptureFiles.write(directory.resolve("a"), 0, 0, 0, 0));
    assertThat(tally.read()).isZero();
  }

  @Test
  void oneForeignFileAmongManyIsRefusedBeforeAnythingIsPlayed() throws IOException {
    Path good = CaptureFiles.write(directory.resolve("a"), 1, 0, 0, 60);
    Path foreign = Files.writeString(directory.resolve("b"), "no capture");
    ByteBuffer window = ByteBuffer.allocateDirect(PcapReader.WINDOW_LENGTH);
    assertThatThrownBy(() -> CaptureSequence.check(List.of(good, foreign), window))
        .isInstanceOf(ReplayRefusedException.class)
        .hasMessageContaining(foreign + " is not a pcap file");
  }

  private void play(Pace pace, long loops, Path... files) throws IOException {
    Schedule schedule = pace.schedule();
    ByteBuffer window = ByteBuffer.allocateDirect(PcapReader.WINDOW_LENGTH);
    BatchSender sender =
        new BatchSender(link, clock, stop, tally, timingErrors, schedule.hasDeadlines());
    try (CaptureSequence sequence = new CaptureSequence(List.of(files), loops, schedule, window)) {
      Player player = new Player(sequence, schedule, sender, clock, tally, link.slotLength());
      player.begin();
      while (!player.isDone() && !stop.raised()) {
        if (player.doWork() == 0) {
          clock.waitUntil(player.nextDeadline(), stop);
        }
      }
      damages = sequence.damages();
      framesLeft = player.hasFramesLeft();
    }
  }
}
