package io.tapdeck.capture.find;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapdeck.capture.archive.Compression;
import io.tapdeck.capture.index.IndexFile;
import io.tapdeck.capture.query.Expression;
import io.tapdeck.capture.query.ExpressionException;
import io.tapdeck.capture.query.ExpressionParser;
import io.tapdeck.capture.segment.ArchiveListener;
import io.tapdeck.capture.segment.ArchiveSettings;
import io.tapdeck.capture.segment.RecordedTraffic;
import io.tapdeck.capture.segment.SegmentArchiver;
import io.tapdeck.capture.segment.SegmentForm;
import io.tapdeck.capture.segment.SegmentIndex;
import io.tapdeck.capture.segment.SegmentName;
import io.tapdeck.capture.segment.SegmentRemoval;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is found is what is there, whatever becomes of indexes and segments. */
class FinderTest {
  /** With frames as long, a block of an index has some thirty. */
  private static final int LENGTH = 30_000;

  private static final int PACKETS = 400;

  @TempDir private Path directory;

  private static Question question(Expression terms) {
    return Question.EVERYTHING.withTerms(terms);
  }

  private static Question question(String terms) throws ExpressionException {
    return question(ExpressionParser.parse(terms));
  }

  private void assertAgreement(Haystack haystack, int questions) throws IOException {
    int some = 0;
    for (int i = 0; i < questions; i++) {
      Question question = question(haystack.random());
      List<String> expected = haystack.expected(question);
      some += expected.isEmpty() ? 0 : 1;
      assertThat(haystack.found(question)).as(question.terms().toString()).isEqualTo(expected);
    }
    assertThat(some).isGreaterThan(questions / 2);
  }

  @Test
  void findsWhatThePlainMeaningSays() throws Exception {
    Haystack haystack = Haystack.of(directory, 1);
    haystack.segment(Haystack.BEGIN, PACKETS, LENGTH);
    haystack.segment(Haystack.BEGIN + PACKETS * Haystack.MILLI, PACKETS, LENGTH);
    assertAgreement(haystack, 150);
  }

  @Test
  void readsOnlyTheBlocksThatAnIndexLeaves() throws Exception {
    Haystack haystack = Haystack.of(directory, 2);
    SegmentName name = haystack.segment(Haystack.BEGIN, PACKETS, LENGTH);
    try (IndexFile index = SegmentIndex.open(SegmentForm.of(name.in(directory))).orElseThrow()) {
      assertThat(index.packets()).isEqualTo(PACKETS);
      assertThat(index.first()).isEqualTo(Haystack.BEGIN);
      assertThat(index.last()).isEqualTo(Haystack.BEGIN + (PACKETS - 1) * Haystack.MILLI);
      assertThat(index.chapters())
          .singleElement()
          .satisfies(chapter -> assertThat(chapter.blocks()).isBetween(11, 12));
    }
    try (Finder finder = Finder.open(question("host 192.0.2.1"), SearchedSegment.in(directory))) {
      assertThat(finder.next()).isFalse();
      assertThat(finder.bytesRead()).isZero();
    }
    Haystack.Packet one = haystack.packets.get(200);
    Question moment = Question.EVERYTHING.between(one.time(), one.time() + 1);
    try (Finder finder = Finder.open(moment, SearchedSegment.in(directory))) {
      assertThat(haystack.found(finder)).containsExactly(one.name());
      assertThat(finder.packetsLooked()).isBetween(1L, 40L);
    }
  }

  @Test
  void pcapngOfSeveralInterfacesIsFoundToo() throws Exception {
    Haystack haystack = new Haystack(RecordedTraffic.ofPcapng(directory), 3);
    haystack.segment(Haystack.BEGIN, PACKETS, LENGTH);
    haystack.segment(Haystack.BEGIN + PACKETS * Haystack.MILLI, PACKETS, LENGTH);
    assertAgreement(haystack, 60);
  }

  @Test
  void segmentsThatOverlapAreMergedByTime() throws Exception {
    Path one = Files.createDirectories(directory.resolve("recordings").resolve("one"));
    Path other = Files.createDirectories(directory.resolve("recordings").resolve("other"));
    Haystack first = Haystack.of(one, 4);
    first.segment(Haystack.BEGIN, PACKETS, LENGTH);
    Haystack second = Haystack.of(other, 5);
    second.segment(Haystack.BEGIN + Haystack.MILLI / 2, PACKETS, LENGTH);
    List<String> merged = new ArrayList<>();
    for (int i = 0; i < PACKETS; i++) {
      merged.add(first.packets.get(i).name().split(" ", 2)[0]);
      merged.add(second.packets.get(i).name().split(" ", 2)[0]);
    }
    List<String> times = new ArrayList<>();
    try (Finder finder = Finder.open(Question.EVERYTHING, SearchedSegment.in(directory))) {
      while (finder.next()) {
        times.add(Long.toString(finder.timestampNanos()));
      }
    }
    assertThat(times).isEqualTo(merged);
  }

  @Test
  void whatIsBeingWrittenIsFoundUpToNow() throws Exception {
    Haystack haystack = Haystack.of(directory, 6);
    haystack.segment(Haystack.BEGIN, 50, LENGTH);
    haystack.begin(Haystack.BEGIN + 50 * Haystack.MILLI, 3000, LENGTH);
    haystack.traffic.flush();
    assertThat(directory.toFile().list((_, name) -> name.endsWith(".idx.part"))).hasSize(1);
    assertAgreement(haystack, 20);
    Haystack.Packet late = haystack.packets.getLast();
    assertThat(haystack.found(Question.EVERYTHING.between(late.time(), Long.MAX_VALUE)))
        .containsExactly(late.name());
    haystack.traffic.end();
    assertThat(directory.toFile().list((_, name) -> name.endsWith(".part"))).isEmpty();
    assertAgreement(haystack, 20);
  }

  @Test
  void aSegmentThatBecomesCompleteMeanwhileIsFound() throws Exception {
    Haystack haystack = Haystack.of(directory, 7);
    haystack.begin(Haystack.BEGIN, PACKETS, LENGTH);
    haystack.traffic.flush();
    List<SearchedSegment> before = SearchedSegment.in(directory);
    haystack.traffic.end();
    try (Finder finder = Finder.open(Question.EVERYTHING, before)) {
      assertThat(haystack.found(finder)).hasSize(PACKETS);
      assertThat(finder.problems()).isEmpty();
    }
  }

  @Test
  void timeAndLimitAreKept() throws Exception {
    Haystack haystack = Haystack.of(directory, 8);
    haystack.segment(Haystack.BEGIN, PACKETS, LENGTH);
    Question some =
        question("not port 445")
            .between(Haystack.BEGIN + 100 * Haystack.MILLI, Haystack.BEGIN + 300 * Haystack.MILLI);
    List<String> expected = haystack.expected(some);
    assertThat(expected.size()).isBetween(20, 200);
    assertThat(haystack.found(some)).isEqualTo(expected);
    assertThat(haystack.found(some.withLimit(7))).isEqualTo(expected.subList(0, 7));
    assertThat(haystack.found(some.withLimit(0))).isEmpty();
  }

  @Test
  void aMissingIndexIsMadeOnTheWay() throws Exception {
    Haystack haystack = Haystack.of(directory, 9);
    SegmentName name = haystack.segment(Haystack.BEGIN, PACKETS, LENGTH);
    byte[] written = Files.readAllBytes(name.indexIn(directory));
    Files.delete(name.indexIn(directory));
    assertAgreement(haystack, 5);
    assertThat(Files.readAllBytes(name.indexIn(directory)))
        .as("made anew, it is what the recorder made")
        .isEqualTo(written);
    assertThat(directory.toFile().list((_, file) -> file.endsWith(".draft"))).isEmpty();
  }

  @Test
  void aCompressedSegmentIsFoundByTheSameIndex() throws Exception {
    for (Compression compression : new Compression[] {Compression.ZSTD, Compression.GZIP}) {
      Path place = Files.createDirectories(directory.resolve(compression.name()));
      Haystack haystack = Haystack.of(place, 10);
      SegmentName name = haystack.segment(Haystack.BEGIN, PACKETS, LENGTH);
      ArchiveSettings settings = new ArchiveSettings(true, compression, ArchiveSettings.USUAL_RATE);
      try (SegmentArchiver archiver =
          SegmentArchiver.start(place, settings, () -> false, ArchiveListener.NONE)) {
        assertThat(archiver.awaitIdle(Duration.ofSeconds(60))).isTrue();
      }
      assertThat(name.in(place)).doesNotExist();
      assertAgreement(haystack, 10);
      byte[] written = Files.readAllBytes(name.indexIn(place));
      Files.delete(name.indexIn(place));
      assertAgreement(haystack, 5);
      assertThat(Files.readAllBytes(name.indexIn(place))).isEqualTo(written);
    }
  }

  @Test
  void theArchiverMakesIndexesThatAreMissing() throws Exception {
    Haystack haystack = Haystack.of(directory, 11);
    SegmentName name = haystack.segment(Haystack.BEGIN, PACKETS, LENGTH);
    byte[] written = Files.readAllBytes(name.indexIn(directory));
    Files.write(name.indexIn(directory), new byte[100]);
    try (SegmentArchiver archiver =
        SegmentArchiver.start(
            directory, ArchiveSettings.USUAL, () -> false, ArchiveListener.NONE)) {
      assertThat(archiver.awaitIdle(Duration.ofSeconds(60))).isTrue();
    }
    assertThat(Files.readAllBytes(name.indexIn(directory))).isEqualTo(written);
  }

  @Test
  void whatThereWasNoTimeToIndexIsReadAndIndexedLater() throws Exception {
    Haystack haystack = new Haystack(RecordedTraffic.onBusyMachine(directory), 19);
    SegmentName name = haystack.segment(Haystack.BEGIN, 3 * PACKETS, LENGTH);
    SegmentForm form = SegmentForm.of(name.in(directory));
    try (IndexFile index = SegmentIndex.open(form).orElseThrow()) {
      assertThat(index.hasGaps()).isTrue();
      assertThat(index.packets()).isBetween(1L, 3L * PACKETS - 1);
    }
    assertAgreement(haystack, 20);
    try (SegmentArchiver archiver =
        SegmentArchiver.start(
            directory, ArchiveSettings.USUAL, () -> false, ArchiveListener.NONE)) {
      assertThat(archiver.awaitIdle(Duration.ofSeconds(60))).isTrue();
    }
    try (IndexFile index = SegmentIndex.open(form).orElseThrow()) {
      assertThat(index.hasGaps()).isFalse();
      assertThat(index.packets()).isEqualTo(3 * PACKETS);
    }
    assertAgreement(haystack, 20);
  }

  @Test
  void aDamagedIndexChangesNothing() throws Exception {
    Haystack haystack = Haystack.of(directory, 12);
    SegmentName name = haystack.segment(Haystack.BEGIN, 100, LENGTH);
    Path index = name.indexIn(directory);
    byte[] whole = Files.readAllBytes(index);
    Question question = question("tcp or vlan 3");
    List<String> expected = haystack.expected(question);
    Random random = new Random(13);
    for (int i = 0; i < 300; i++) {
      byte[] damaged = whole.clone();
      if (i % 3 == 0) {
        damaged = Arrays.copyOf(damaged, random.nextInt(damaged.length));
      } else {
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      }
      Files.write(index, damaged);
      assertThat(haystack.found(question)).isEqualTo(expected);
    }
    // Of another version.
    byte[] older = whole.clone();
    older[4] = 0;
    Files.write(index, older);
    assertThat(haystack.found(question)).isEqualTo(expected);
    assertThat(Files.readAllBytes(index)).isEqualTo(whole);
  }

  @Test
  void anIndexOfAnotherSegmentIsNotBelieved() throws Exception {
    Haystack haystack = Haystack.of(directory, 14);
    SegmentName one = haystack.segment(Haystack.BEGIN, 100, LENGTH);
    SegmentName other = haystack.segment(Haystack.BEGIN + 200 * Haystack.MILLI, 101, LENGTH);
    byte[] written = Files.readAllBytes(one.indexIn(directory));
    Files.copy(
        other.indexIn(directory), one.indexIn(directory), StandardCopyOption.REPLACE_EXISTING);
    assertAgreement(haystack, 10);
    assertThat(Files.readAllBytes(one.indexIn(directory))).isEqualTo(written);
  }

  @Test
  void aSegmentRemovedMeanwhileIsToldOfAndTheOthersAreSearched() throws Exception {
    Haystack haystack = Haystack.of(directory, 15);
    haystack.segment(Haystack.BEGIN, 100, LENGTH);
    SegmentName second = haystack.segment(Haystack.BEGIN + 100 * Haystack.MILLI, 100, LENGTH);
    haystack.segment(Haystack.BEGIN + 200 * Haystack.MILLI, 100, LENGTH);
    try (Finder finder = Finder.open(Question.EVERYTHING, SearchedSegment.in(directory))) {
      assertThat(finder.next()).isTrue();
      assertThat(SegmentRemoval.remove(directory, second)).isTrue();
      assertThat(second.indexIn(directory)).doesNotExist();
      assertThat(haystack.found(finder)).hasSize(199);
      assertThat(finder.problems())
          .containsExactly(second.in(directory) + " was removed before it was searched");
    }
  }

  @Test
  void aSegmentRemovedWhileItIsReadIsReadToItsEnd() throws Exception {
    Haystack haystack = Haystack.of(directory, 16);
    SegmentName name = haystack.segment(Haystack.BEGIN, 100, LENGTH);
    try (Finder finder = Finder.open(Question.EVERYTHING, SearchedSegment.in(directory))) {
      assertThat(finder.next()).isTrue();
      assertThat(SegmentRemoval.remove(directory, name)).isTrue();
      assertThat(haystack.found(finder)).hasSize(99);
      assertThat(finder.problems()).isEmpty();
    }
  }

  @Test
  void aDamagedSegmentIsToldOf() throws Exception {
    Haystack haystack = Haystack.of(directory, 17);
    SegmentName name = haystack.segment(Haystack.BEGIN, 100, LENGTH);
    try (RandomAccessFile file = new RandomAccessFile(name.in(directory).toFile(), "rw")) {
      file.setLength(file.length() - 1000);
    }
    for (int i = 0; i < 2; i++) {
      try (Finder finder =
          Finder.open(question("not host 192.0.2.1"), SearchedSegment.in(directory))) {
        assertThat(haystack.found(finder)).hasSize(99);
        assertThat(finder.problems())
            .singleElement()
            .asString()
            .contains("is damaged", "the last frame is cut short");
      }
    }
  }

  @Test
  void itCanBeCancelled() throws Exception {
    Haystack haystack = Haystack.of(directory, 18);
    haystack.segment(Haystack.BEGIN, PACKETS, LENGTH);
    try (Finder finder = Finder.open(Question.EVERYTHING, SearchedSegment.in(directory))) {
      assertThat(finder.next()).isTrue();
      finder.cancel();
      assertThat(finder.next()).isFalse();
      assertThat(finder.isCancelled()).isTrue();
    }
  }

  @Test
  void aFilterThatIsNoneIsRefused() {
    assertThatThrownBy(() -> Finder.open(Question.EVERYTHING.withBpf("hots 1"), List.of()))
        .isInstanceOf(FindRefusedException.class)
        .hasMessageContaining("'hots 1' is no filter for frames of Ethernet");
  }
}
