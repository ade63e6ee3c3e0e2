package io.tapdeck.capture.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.capture.os.NativeBuffer;
import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.PcapFormat;
import io.tapdeck.capture.pcap.PcapReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentRecoveryTest {
  private static final long START = 1_700_000_000_000_000_000L;
  private static final SegmentName NAME = new SegmentName(UtcTime.ofNanos(START), 1);
  private static final Origin ORIGIN =
      new Origin(UUID.randomUUID(), "eth0", null, "", "both", 96, 1 << 20, null);
  private static final int[] LENGTHS = {60, 1, 96, 42, 96};

  private static final NativeBuffer BUFFER = new NativeBuffer(1 << 20);

  @TempDir private Path directory;
  private byte[] segment = new byte[0];

  @BeforeEach
  void writeASegment() throws IOException {
    segment = leaveUnfinished(directory);
  }

  @Test
  void aSegmentCutAtAnyByteKeepsExactlyItsWholeRecords() throws IOException {
    for (int cut = 0; cut <= segment.length; cut++) {
      Path fresh = Files.createTempDirectory(directory, "cut");
      leaveUnfinished(fresh);
      Files.write(NAME.unfinishedIn(fresh), Arrays.copyOf(segment, cut));
      assertThat(recover(fresh).recovered()).hasSize(1);
      assertPublished(fresh, wholeRecords(cut));
    }
  }

  @Property(tries = 200)
  void whatFollowsTheRecordsIsNeverTakenForFrames(
      @ForAll @IntRange(max = 5) int records, @ForAll("padding") byte[] after) throws IOException {
    Path fresh = Files.createTempDirectory("recovery");
    try {
      byte[] whole = leaveUnfinished(fresh);
      byte[] padded = Arrays.copyOf(whole, lengthOf(records) + after.length);
      System.arraycopy(after, 0, padded, lengthOf(records), after.length);
      Files.write(NAME.unfinishedIn(fresh), padded);
      recover(fresh);
      assertPublished(fresh, records);
    } finally {
      deleteAll(fresh);
    }
  }

  /** Zeros, ones, text, and headers that lie; nothing that could be a record of this segment. */
  @Provide
  Arbitrary<byte[]> padding() {
    Arbitrary<byte[]> same =
        Arbitraries.of((byte) 0, (byte) 0xFF, (byte) 'a')
            .flatMap(fill ->
                Arbitraries.integers()
                    .between(0, 5000)
                    .map(length -> {
                      byte[] bytes = new byte[length];
                      Arrays.fill(bytes, fill);
                      return bytes;
                    }));
    return Arbitraries.oneOf(same, Arbitraries.bytes().array(byte[].class).ofMaxSize(15));
  }

  @Test
  void aSegmentRecoveredKnowsItsRecordingAndThatItsCountersAreUnknown() throws IOException {
    recover(directory);
    Sidecar sidecar = SidecarFile.read(NAME.sidecarIn(directory)).orElseThrow();
    assertThat(sidecar.origin()).isEqualTo(ORIGIN);
    assertThat(sidecar.counters()).isNull();
    assertThat(sidecar.recovered()).isNotNull();
    assertThat(sidecar.first()).isEqualTo(UtcTime.ofNanos(START - 10));
    assertThat(sidecar.last()).isEqualTo(UtcTime.ofNanos(START + 40));
  }

  @Test
  void recoveringAgainChangesNothing() throws IOException {
    recover(directory);
    byte[] sidecar = Files.readAllBytes(NAME.sidecarIn(directory));
    assertThat(recover(directory).recovered()).isEmpty();
    assertThat(NAME.sidecarIn(directory)).hasBinaryContent(sidecar);
    assertPublished(directory, LENGTHS.length);
  }

  @Test
  void aCrashBetweenTheTwoFinalNamesLosesNothingOfTheSidecar() throws IOException {
    SegmentCounters counters = new SegmentCounters(7, 2, 1);
    SegmentScan scan = SegmentScan.of(NAME.unfinishedIn(directory), NAME);
    SidecarFile.writeUnfinished(
        directory, NAME, Sidecar.of(NAME, 1, scan.contents(), ORIGIN, counters, null), true);
    Files.move(NAME.unfinishedIn(directory), NAME.in(directory));
    recover(directory);
    assertPublished(directory, LENGTHS.length);
    assertThat(SidecarFile.read(NAME.sidecarIn(directory)).orElseThrow().counters())
        .isEqualTo(counters);
  }

  @Test
  void aSegmentWhoseSidecarWasLostGetsANewOne() throws IOException {
    recover(directory);
    Files.delete(NAME.sidecarIn(directory));
    assertThat(recover(directory).recovered()).hasSize(1);
    assertPublished(directory, LENGTHS.length);
  }

  @Test
  void leftoversOfSidecarsAreRemovedAndOtherPeoplesFilesAreNot() throws IOException {
    recover(directory);
    Files.writeString(NAME.draftSidecarIn(directory), "{");
    SegmentName neverBegun = new SegmentName(UtcTime.ofNanos(START), 2);
    Files.writeString(neverBegun.unfinishedSidecarIn(directory), "{}");
    Path foreign = Files.writeString(directory.resolve("notes.pcap.part"), "mine");
    recover(directory);
    assertThat(NAME.draftSidecarIn(directory)).doesNotExist();
    assertThat(neverBegun.unfinishedSidecarIn(directory)).doesNotExist();
    assertThat(foreign).hasContent("mine");
  }

  @Test
  void aFileThatIsNoSegmentIsLeftAloneAndSaidSo() throws IOException {
    byte[] garbage = new byte[5000];
    Files.write(NAME.unfinishedIn(directory), garbage);
    assertThat(recover(directory).leftAlone()).hasSize(1);
    assertThat(NAME.unfinishedIn(directory)).hasBinaryContent(garbage);
  }

  @Test
  void aLinkIsNotFollowed() throws IOException {
    Path elsewhere = directory.resolve("elsewhere");
    Files.move(NAME.unfinishedIn(directory), elsewhere);
    Files.write(elsewhere, new byte[100], StandardOpenOption.APPEND);
    long size = Files.size(elsewhere);
    Files.createSymbolicLink(NAME.unfinishedIn(directory), elsewhere);
    assertThat(recover(directory).leftAlone()).hasSize(1);
    assertThat(elsewhere).hasSize(size);
  }

  @Test
  void aDirectoryIsHeldByOneAtATime() throws IOException {
    try (SegmentDirectory held = SegmentDirectory.hold(directory).orElseThrow()) {
      assertThat(held.nextNumber()).isEqualTo(2);
      assertThat(SegmentDirectory.hold(directory)).isEmpty();
    }
    try (SegmentDirectory held = SegmentDirectory.hold(directory).orElseThrow()) {
      assertThat(held.path()).isEqualTo(directory);
    }
  }

  @Property(tries = 50)
  void theWriterPublishesWhatItWasGiven(
      @ForAll @Size(max = 200) List<@IntRange(min = 1, max = 96) Integer> lengths)
      throws IOException {
    Path fresh = Files.createTempDirectory("writer");
    try {
      // Room for a few records only, so that the buffer is written often.
      SegmentWriter writer =
          SegmentWriter.open(fresh, NAME, ORIGIN, LinkType.ETHERNET, new NativeBuffer(512));
      for (int length : lengths) {
        writer.append(START, length, length);
      }
      writer.close(null).publish();
      assertThat(lengthsIn(NAME.in(fresh))).isEqualTo(lengths);
      Sidecar sidecar = SidecarFile.read(NAME.sidecarIn(fresh)).orElseThrow();
      assertThat(sidecar.packets()).isEqualTo(lengths.size());
      assertThat(sidecar.bytes()).isEqualTo(Files.size(NAME.in(fresh)));
    } finally {
      deleteAll(fresh);
    }
  }

  private static SegmentDirectory.Recovery recover(Path directory) throws IOException {
    try (SegmentDirectory held = SegmentDirectory.hold(directory).orElseThrow()) {
      return held.recover();
    }
  }

  /** What a recorder leaves that is killed after a flush; returns the segment's bytes. */
  private static byte[] leaveUnfinished(Path directory) throws IOException {
    SegmentWriter writer = SegmentWriter.open(directory, NAME, ORIGIN, LinkType.ETHERNET, BUFFER);
    for (int i = 0; i < LENGTHS.length; i++) {
      // The second steps back, as between two processors.
      long time = START + (i == 1 ? -10 : 10 * i);
      int at = writer.append(time, LENGTHS[i], LENGTHS[i] + i);
      BUFFER.bytes().put(at, new byte[LENGTHS[i]]);
    }
    writer.flush();
    return Files.readAllBytes(NAME.unfinishedIn(directory));
  }

  private static void assertPublished(Path directory, int records) throws IOException {
    assertThat(NAME.unfinishedIn(directory)).doesNotExist();
    assertThat(NAME.unfinishedSidecarIn(directory)).doesNotExist();
    List<Integer> expected = Arrays.stream(LENGTHS).limit(records).boxed().toList();
    assertThat(lengthsIn(NAME.in(directory))).isEqualTo(expected);
    assertThat(Files.size(NAME.in(directory))).isEqualTo(lengthOf(records));
    Sidecar sidecar = SidecarFile.read(NAME.sidecarIn(directory)).orElseThrow();
    assertThat(sidecar.packets()).isEqualTo(records);
    assertThat(sidecar.bytes()).isEqualTo(lengthOf(records));
    Instant first = sidecar.first();
    assertThat(first == null).isEqualTo(records == 0);
  }

  private static List<Integer> lengthsIn(Path file) throws IOException {
    List<Integer> lengths = new ArrayList<>();
    try (PcapReader reader = PcapReader.open(file)) {
      while (reader.next()) {
        lengths.add(reader.captureLength());
      }
      assertThat(reader.damage()).isEmpty();
    }
    return lengths;
  }

  private static int wholeRecords(int fileLength) {
    int records = 0;
    while (records < LENGTHS.length && lengthOf(records + 1) <= fileLength) {
      records++;
    }
    return records;
  }

  private static int lengthOf(int records) {
    return PcapFormat.FILE_HEADER_LENGTH
        + records * PcapFormat.RECORD_HEADER_LENGTH
        + Arrays.stream(LENGTHS).limit(records).sum();
  }

  private static void deleteAll(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }
}
