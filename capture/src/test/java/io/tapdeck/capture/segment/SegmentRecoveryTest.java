package io.tapdeck.capture.segment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.capture.archive.Tool;
import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.PcapFormat;
import io.tapdeck.capture.pcap.PcapReader;
import io.tapdeck.capture.pcap.PcapngFormat;
import io.tapdeck.capture.pcap.PcapngSection;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentRecoveryTest {
  private static final long START = 1_700_000_000_000_000_000L;
  private static final SegmentName NAME = new SegmentName(UtcTime.ofNanos(START), 1);
  private static final Origin ORIGIN =
      new Origin(UUID.randomUUID(), "eth0", null, "", "both", 96, 1 << 20, null);
  private static final int[] LENGTHS = {60, 1, 96, 42, 96};

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

  @ParameterizedTest
  @ValueSource(strings = {"zstd -q --rm", "gzip"})
  void aCompressedSegmentThatLostItsSidecarGetsOneAndStaysAsItIs(String compress)
      throws IOException {
    recover(directory);
    Sidecar before = SidecarFile.read(NAME.sidecarIn(directory)).orElseThrow();
    Files.delete(NAME.sidecarIn(directory));
    Tool.run(directory, (compress + " " + NAME.fileName()).split(" "));
    Path file = NAME.findIn(directory).orElseThrow();
    byte[] bytes = Files.readAllBytes(file);
    Sidecar after = assertThatRecoveredOne(directory);
    assertThat(file).hasBinaryContent(bytes);
    assertThat(after.packets()).isEqualTo(before.packets());
    assertThat(after.bytes()).isEqualTo(before.bytes());
    assertThat(after.storedFile()).isEqualTo(file.getFileName().toString());
    assertThat(after.storedBytes()).isEqualTo(bytes.length);
    Files.delete(NAME.sidecarIn(directory));
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 30));
    assertThat(recover(directory).leftAlone())
        .singleElement()
        .asString()
        .contains(file.getFileName() + " is damaged");
  }

  @Test
  void aCrashBetweenTheTwoRemovalsLeavesNoSidecar() throws IOException {
    recover(directory);
    Files.delete(NAME.in(directory));
    Path others = directory.resolve(NAME.fileName().replace("-000001", "-000002") + ".json");
    Files.writeString(others, "no sidecar of ours");
    assertThat(recover(directory).recovered()).isEmpty();
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).containsExactly(others);
    }
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
  void aCrashBeforeTheFinalNameLosesNothingOfTheSidecarEither() throws IOException {
    SegmentCounters counters = new SegmentCounters(7, 2, 1);
    SegmentScan scan = SegmentScan.of(NAME.unfinishedIn(directory), NAME);
    SidecarFile.writeUnfinished(
        directory, NAME, Sidecar.of(NAME, 1, scan.contents(), ORIGIN, counters, null), true);
    Recovered how = assertThatRecoveredOne(directory).recovered();
    assertPublished(directory, LENGTHS.length);
    assertThat(how)
        .isEqualTo(
            new Recovered(
                0,
                "the recorder ended before the segment had its name;"
                    + " the file ends after a whole record"));
    assertThat(SidecarFile.read(NAME.sidecarIn(directory)).orElseThrow().counters())
        .isEqualTo(counters);
  }

  @Test
  void countersOfOtherFramesAreNotTaken() throws IOException {
    SegmentScan scan = SegmentScan.of(NAME.unfinishedIn(directory), NAME);
    SidecarFile.writeUnfinished(
        directory,
        NAME,
        Sidecar.of(NAME, 1, scan.contents(), ORIGIN, new SegmentCounters(7, 2, 1), null),
        true);
    Files.write(NAME.unfinishedIn(directory), Arrays.copyOf(segment, segment.length - 1));
    assertThat(assertThatRecoveredOne(directory).counters()).isNull();
  }

  @Test
  void ofAFileWithAFinalNameNothingIsCutAndNothingIsSaidToBe() throws IOException {
    recover(directory);
    Files.delete(NAME.sidecarIn(directory));
    Files.write(NAME.in(directory), new byte[100], StandardOpenOption.APPEND);
    Sidecar sidecar = assertThatRecoveredOne(directory);
    assertThat(NAME.in(directory)).hasSize(segment.length + 100);
    assertThat(sidecar.bytes()).isEqualTo(segment.length + 100);
    assertThat(sidecar.packets()).isEqualTo(LENGTHS.length);
    assertThat(sidecar.recovered())
        .isEqualTo(
            new Recovered(
                0,
                "the segment had no sidecar; what follows the last whole record is none;"
                    + " the 100 bytes after the last whole record are left there"));
  }

  @Test
  void aSegmentWithMicrosecondsIsRecoveredAsWell() throws IOException {
    ByteBuffer micro = ByteBuffer.wrap(segment.clone()).order(ByteOrder.nativeOrder());
    micro.putInt(0, PcapFormat.MAGIC_MICROSECONDS);
    for (int at = PcapFormat.FILE_HEADER_LENGTH; at < micro.limit(); ) {
      int fraction = at + PcapFormat.FRACTION_OFFSET;
      micro.putInt(fraction, micro.getInt(fraction) / 1000);
      at += PcapFormat.RECORD_HEADER_LENGTH + micro.getInt(at + PcapFormat.CAPTURE_LENGTH_OFFSET);
    }
    Files.write(NAME.unfinishedIn(directory), micro.array());
    assertThat(assertThatRecoveredOne(directory).packets()).isEqualTo(LENGTHS.length);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aCaptureFileOfAnotherKindIsLeftAloneAndSaidSo(boolean pcapng) throws IOException {
    ByteBuffer foreign = ByteBuffer.wrap(segment.clone());
    if (pcapng) {
      PcapngSection section = new PcapngSection("", "", "", List.of());
      foreign = ByteBuffer.allocate(PcapngFormat.lengthOf(section)).order(ByteOrder.nativeOrder());
      PcapngFormat.putSectionHeader(foreign, 0, section);
    } else {
      ByteOrder other =
          ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN
              ? ByteOrder.LITTLE_ENDIAN
              : ByteOrder.BIG_ENDIAN;
      PcapFormat.putFileHeader(foreign.order(other), 0, 96, LinkType.ETHERNET);
    }
    SegmentName complete = new SegmentName(UtcTime.ofNanos(START), 2);
    Files.write(NAME.unfinishedIn(directory), foreign.array());
    Files.write(complete.in(directory), foreign.array());
    SegmentDirectory.Recovery recovery = recover(directory);
    assertThat(recovery.recovered()).isEmpty();
    assertThat(recovery.leftAlone())
        .hasSize(2)
        .allSatisfy(problem ->
            assertThat(problem).contains("is a capture file, but none that a recorder here wrote"));
    assertThat(NAME.unfinishedIn(directory)).hasBinaryContent(foreign.array());
    assertThat(complete.in(directory)).hasBinaryContent(foreign.array());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "\0\0\0{",
        "{\"format\":1,\"linkType\":70000}",
        "{\"format\":1,\"linkType\":-1}",
        "{\"format\":1,\"linkType\":1,\"packets\":-1}",
        "{\"format\":1,\"linkType\":1,\"origin\":{\"snaplen\":0}}"
      })
  void aSidecarThatMakesNoSenseIsNone(String text) throws IOException {
    Files.writeString(NAME.unfinishedSidecarIn(directory), text);
    assertThat(SidecarFile.read(NAME.unfinishedSidecarIn(directory))).isEmpty();
    assertThat(assertThatRecoveredOne(directory).origin()).isNull();
    assertPublished(directory, LENGTHS.length);
  }

  @Test
  void aSegmentWithoutHeaderWhoseSidecarMakesNoSenseIsLeftAlone() throws IOException {
    Files.write(NAME.unfinishedIn(directory), new byte[0]);
    Path sidecar = NAME.unfinishedSidecarIn(directory);
    Files.writeString(
        sidecar,
        Files.readString(sidecar).replaceFirst("\"linkType\" : 1", "\"linkType\" : 70000"));
    assertThat(recover(directory).leftAlone()).hasSize(1);
    assertThat(NAME.unfinishedIn(directory)).isEmptyFile();
  }

  @Test
  void aNameOfATimeThatNoFrameHasDoesNotMatter() throws IOException {
    Path foreign = directory.resolve("99991231T235959.000000000Z-000007.pcap.part");
    Files.write(foreign, segment);
    assertThatRecoveredOne(directory);
    assertThat(foreign).hasBinaryContent(segment);
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
  void anUnfinishedSegmentThatBeginsAsIfCompressedIsLeftAloneAndSaidSo() throws IOException {
    byte[] zstd = {0x28, (byte) 0xB5, 0x2F, (byte) 0xFD};
    Files.delete(NAME.unfinishedSidecarIn(directory));
    Files.write(NAME.unfinishedIn(directory), zstd);
    assertThat(recover(directory).leftAlone()).hasSize(1);
    assertThat(NAME.unfinishedIn(directory)).hasBinaryContent(zstd);
  }

  @Test
  void anUnfinishedSegmentThatIsACompressedOneIsLeftAloneToo() throws IOException {
    Files.write(NAME.unfinishedIn(directory), gzip(segment));
    assertThat(recover(directory).leftAlone()).hasSize(1);
    assertThat(NAME.unfinishedIn(directory)).hasBinaryContent(gzip(segment));
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (GZIPOutputStream to = new GZIPOutputStream(compressed)) {
      to.write(bytes);
    }
    return compressed.toByteArray();
  }

  @Test
  void sidecarsInWhichSomethingIsMissingAreNone() throws IOException {
    recover(directory);
    String named = "{\"format\":1,\"file\":\"" + NAME.fileName() + "\"";
    assertThat(SidecarFile.parse((named + "}").getBytes(UTF_8))).isPresent();
    for (String senseless :
        List.of(
            "{\"format\":1}",
            named + ",\"origin\":{\"snaplen\":96}}",
            named + ",\"gaps\":[null]}",
            named + ",\"gaps\":[{}]}",
            named + ",\"recovered\":{}}")) {
      Files.writeString(NAME.sidecarIn(directory), senseless);
      assertThat(SidecarFile.read(NAME.sidecarIn(directory))).as(senseless).isEmpty();
      recover(directory);
    }
  }

  @Test
  void theGapsInTheRecordersLastWordAreKept() throws IOException {
    SegmentScan scan = SegmentScan.of(NAME.unfinishedIn(directory), NAME);
    Sidecar.Gap gap = new Sidecar.Gap(Instant.EPOCH, Instant.EPOCH.plusSeconds(1), "it was down");
    Sidecar lastWord =
        Sidecar.of(NAME, 1, scan.contents(), ORIGIN, new SegmentCounters(7, 2, 1), null)
            .withGaps(List.of(gap));
    SidecarFile.writeUnfinished(directory, NAME, lastWord, true);
    assertThat(assertThatRecoveredOne(directory).gaps()).containsExactly(gap);
  }

  @Test
  void aFlushTakesAFrameThatReachesBeyondTheBlockToo() throws IOException {
    Path fresh = Files.createTempDirectory(directory, "flush");
    InlineDisk disk = InlineDisk.withSmallBlocks(fresh);
    SegmentWriter writer = disk.open(NAME, ORIGIN);
    while (writer.fileBytes() <= 4096) {
      int _ = disk.append(writer, START, 96, 96);
    }
    disk.flush(writer);
    assertThat(Files.size(NAME.unfinishedIn(fresh))).isEqualTo(writer.fileBytes());
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
      InlineDisk disk = InlineDisk.withSmallBlocks(fresh);
      SegmentWriter writer = disk.open(NAME, ORIGIN);
      for (int length : lengths) {
        disk.append(writer, START, length, length);
      }
      disk.close(writer, null).publish();
      assertThat(lengthsIn(NAME.in(fresh))).isEqualTo(lengths);
      Sidecar sidecar = SidecarFile.read(NAME.sidecarIn(fresh)).orElseThrow();
      assertThat(sidecar.packets()).isEqualTo(lengths.size());
      assertThat(sidecar.bytes()).isEqualTo(Files.size(NAME.in(fresh)));
    } finally {
      deleteAll(fresh);
    }
  }

  private static Sidecar assertThatRecoveredOne(Path directory) throws IOException {
    List<Sidecar> recovered = recover(directory).recovered();
    assertThat(recovered).hasSize(1);
    return recovered.getFirst();
  }

  private static SegmentDirectory.Recovery recover(Path directory) throws IOException {
    try (SegmentDirectory held = SegmentDirectory.hold(directory).orElseThrow()) {
      return held.recover();
    }
  }

  /** What a recorder leaves that is killed after a flush; returns the segment's bytes. */
  private static byte[] leaveUnfinished(Path directory) throws IOException {
    InlineDisk disk = InlineDisk.withSmallBlocks(directory);
    SegmentWriter writer = disk.open(NAME, ORIGIN);
    for (int i = 0; i < LENGTHS.length; i++) {
      // The second steps back, as between two processors.
      long time = START + (i == 1 ? -10 : 10 * i);
      disk.append(writer, time, LENGTHS[i], LENGTHS[i] + i);
    }
    disk.flush(writer);
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
