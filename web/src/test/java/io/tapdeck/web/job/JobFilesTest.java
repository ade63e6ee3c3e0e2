package io.tapdeck.web.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.PcapFormat;
import io.tapdeck.capture.segment.SegmentDirectory;
import io.tapdeck.capture.segment.SegmentName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read of the files of a job, whatever is in them. */
class JobFilesTest {
  @TempDir private Path directory;
  private JobFiles files;

  @BeforeEach
  void name() {
    files = new JobFiles(directory, "recorder");
  }

  @Test
  void theReportIsTheLastLineWithoutItsLists() throws Exception {
    Files.writeString(
        files.out(),
        "[warning] of the machine\n{\"old\":1}\n"
            + "{\"received\":7,\"segments\":["
            + "{\"file\":\"x\"},".repeat(100_000)
            + "{}],\"removed\":{\"packets\":2},\"failure\":null}\n");
    assertThat(files.report().orElseThrow().toString())
        .isEqualTo("{\"received\":7,\"removed\":{\"packets\":2},\"failure\":null}");
  }

  @Test
  void whatIsNoReportIsNone() throws Exception {
    assertThat(files.report()).isEmpty();
    for (String text :
        new String[] {
          "",
          "\n",
          "killed",
          "[1]\n",
          "null\n",
          "{\"received\":7",
          "{\"received\":7,\"seg",
          "{}x\n{"
        }) {
      Files.writeString(files.out(), text);
      assertThat(files.report()).as(text).isEmpty();
    }
  }

  @Test
  void theLastComplaintIsOneLineWithoutTheProgramsName() throws Exception {
    assertThat(files.lastComplaint()).isEmpty();
    Files.writeString(files.err(), "x\n".repeat(100_000) + "tapdeck record: no \u001b[31mroom\n\n");
    assertThat(files.lastComplaint()).isEqualTo("no  [31mroom");
    Files.writeString(files.err(), "y".repeat(100_000));
    assertThat(files.lastComplaint()).isEqualTo("y".repeat(2000));
  }

  private DocumentFile<RecordingDocument> document() {
    return new DocumentFile<>(directory.resolve("recording.json"), RecordingDocument.class);
  }

  private static RecordingDocument recording() {
    RecordingRequest request =
        new RecordingRequest(
            "a name", null, "eth0", null, "tcp", "in", 100, 100_000, null, null, null, null, null,
            null, null, 5L);
    return RecordingDocument.create(new UUID(1, 2), Instant.EPOCH, "operator", request);
  }

  @Test
  void aDocumentIsReadAsItWasWrittenAndIsItsOwnersAlone() throws Exception {
    RecordingDocument written =
        recording()
            .with(
                recording()
                    .course()
                    .begun(Run.begun(Instant.EPOCH, 3))
                    .withLast(
                        Run.begun(Instant.EPOCH, 3)
                            .ended(Instant.MAX, Run.How.KILLED, new Figures(9, 1, 0, 3, 4, 5, 4))));
    document().write(written, true);
    assertThat(document().read()).isEqualTo(written);
    assertThat(Files.getPosixFilePermissions(document().file()))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    try (var all = Files.list(directory)) {
      assertThat(all).containsExactly(document().file());
    }
  }

  @Test
  void aDocumentOfALaterVersionWithMoreFieldsIsReadAndOneThatMakesNoSenseIsNot() throws Exception {
    document().write(recording(), false);
    String good = Files.readString(document().file());
    Files.writeString(document().file(), good.replaceFirst("\\{", "{\"later\":[1],"));
    assertThat(document().read()).isEqualTo(recording());
    for (String damaged :
        new String[] {
          "",
          "null",
          "[]",
          "\0\0\0\0",
          good.substring(0, good.length() / 2),
          good.replace("\"format\" : 1", "\"format\" : 2"),
          good.replace("eth0", "../eth0"),
          good.replace("\"snaplen\" : 100", "\"snaplen\" : -1"),
          good.replace("\"runs\" : [ ]", "\"runs\" : null"),
          good + " ".repeat(2 << 20),
          "{\"a\":".repeat(100_000),
        }) {
      Files.writeString(document().file(), damaged);
      assertThatThrownBy(() -> document().read()).isInstanceOf(IOException.class);
    }
  }

  @Test
  void aDocumentIsNotReadThroughALink() throws Exception {
    document().write(recording(), false);
    Path elsewhere = directory.resolve("elsewhere");
    Files.move(document().file(), elsewhere);
    Files.createSymbolicLink(document().file(), elsewhere);
    assertThatThrownBy(() -> document().read()).isInstanceOf(IOException.class);
  }

  /** Made as a recorder that is killed leaves them; each segment holds 100 packets. */
  private Figures figuresOfKilled(Run run, int... numbers) throws Exception {
    Path own = Files.createDirectories(directory.resolve(UUID.randomUUID().toString()));
    for (int number : numbers) {
      SegmentName name = new SegmentName(Instant.EPOCH.plusSeconds(number), number);
      ByteBuffer pcap = ByteBuffer.allocate(24 + 100 * 76).order(ByteOrder.nativeOrder());
      PcapFormat.putFileHeader(pcap, 0, 65_535, LinkType.ETHERNET);
      for (int i = 0; i < 100; i++) {
        PcapFormat.putRecordHeader(pcap, 24 + i * 76, number * 1_000_000_000L + i, 60, 60);
      }
      Files.write(name.unfinishedIn(own), pcap.array());
    }
    try (SegmentDirectory held = SegmentDirectory.hold(own).orElseThrow()) {
      assertThat(held.recover().recovered()).hasSize(numbers.length);
    }
    return RunEnd.figuresOfKilled(run, new SegmentNumbers(own));
  }

  @Test
  void whatWasDeletedBeforeARecorderWasKilledIsNotTakenForUnread() throws Exception {
    Run run = Run.begun(Instant.EPOCH, 1).heard(new Figures(310, 300, 0, 18_000, 0, 0, 0));
    assertThat(figuresOfKilled(run.reached(3), 1, 2, 3))
        .isEqualTo(new Figures(310, 300, 0, 18_000, 0, 0, 10));
    for (int[] left : new int[][] {{}, {1}, {1, 2}, {2, 3}, {3}}) {
      assertThat(figuresOfKilled(run.reached(3), left))
          .as(Arrays.toString(left))
          .isEqualTo(new Figures(310, 300, 0, 18_000, 0, 0, 10));
    }
    // All are there, and hold less than it said: that is lost.
    assertThat(figuresOfKilled(run.reached(2), 1, 2))
        .isEqualTo(new Figures(310, 200, 0, 12_000, 0, 0, 110));
    // Of more than it said, what is there is known.
    assertThat(figuresOfKilled(run.reached(3), 1, 2, 3, 4))
        .isEqualTo(new Figures(400, 400, 0, 24_000, 0, 0, 0));
  }

  @Test
  void aDocumentOfAnEarlierVersionIsRead() throws Exception {
    RecordingDocument written =
        recording().with(recording().course().begun(Run.begun(Instant.EPOCH, 3)));
    document().write(written, true);
    String now = Files.readString(document().file());
    String before =
        now.replaceFirst("\\s*\"lastSegment\" : null,", "")
            .replaceFirst("\\s*\"ordered\" : null,", "");
    assertThat(before.lines().count()).isEqualTo(now.lines().count() - 2);
    Files.writeString(document().file(), before);
    assertThat(document().read()).isEqualTo(written);
  }

  @Test
  void anOrderIsTheSameHoweverWhatIsKeptWasChangedSince() {
    RecordingRequest order = recording().request();
    RecordingRetention one = new RecordingRetention(null, 1L, null, null);
    RecordingRetention two = new RecordingRetention(null, 2L, null, null);
    RecordingDocument changed = recording().keeping(one).keeping(two);
    assertThat(changed.request()).isEqualTo(order.keeping(two));
    assertThat(changed.isOf(order)).isTrue();
    assertThat(changed.isOf(order.keeping(two))).isFalse();
    assertThat(recording().isOf(order.keeping(one))).isFalse();
  }

  @Test
  void theOldestOfVeryManyRunsBecomeOneAndNoFigureIsLost() {
    Course course = Course.wantedFrom(Instant.EPOCH);
    for (int i = 0; i < 1000; i++) {
      Run run = Run.begun(Instant.ofEpochSecond(i), i + 1);
      course =
          course
              .begun(run)
              .withLast(
                  run.ended(
                      Instant.ofEpochSecond(i), Run.How.DONE, new Figures(3, 2, 0, 20, 1, 0, 0)));
    }
    assertThat(course.runs()).hasSize(100);
    assertThat(course.total()).isEqualTo(new Figures(3000, 2000, 0, 20_000, 1000, 0, 0));
    assertThat(course.runs().getFirst().startedAt()).isEqualTo(Instant.EPOCH);
  }
}
