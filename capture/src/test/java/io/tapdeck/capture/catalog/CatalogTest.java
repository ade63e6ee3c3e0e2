package io.tapdeck.capture.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapdeck.capture.archive.Compression;
import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.PcapFormat;
import io.tapdeck.capture.segment.SegmentDirectory;
import io.tapdeck.capture.segment.SegmentName;
import io.tapdeck.capture.segment.SidecarFile;
import io.tapdeck.capture.segment.UtcTime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On real segments and sidecars, as recovery writes them. */
class CatalogTest {
  private static final UUID RECORDING = new UUID(7, 1);
  private static final UUID OTHER = new UUID(7, 2);
  private static final Instant BEGIN = Instant.parse("2026-11-23T13:57:19.123456789Z");
  private static final int FRAME = 60;

  @TempDir private Path data;
  private Catalog catalog;

  @BeforeEach
  void open() throws IOException {
    catalog = Catalog.open(data);
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  private Path directory(UUID recording) throws IOException {
    return Files.createDirectories(data.resolve("recordings").resolve(recording.toString()));
  }

  private static SegmentName name(int number) {
    return new SegmentName(BEGIN.plusSeconds(number), number);
  }

  /** Makes a complete segment, the way that a recorder which was killed leaves it to the next. */
  private void segment(UUID recording, int number, int packets) throws IOException {
    Path directory = directory(recording);
    ByteBuffer file =
        ByteBuffer.allocate(
                PcapFormat.FILE_HEADER_LENGTH + packets * (PcapFormat.RECORD_HEADER_LENGTH + FRAME))
            .order(ByteOrder.nativeOrder());
    PcapFormat.putFileHeader(file, 0, 65_535, LinkType.ETHERNET);
    SegmentName name = name(number);
    long nanos = UtcTime.toNanos(name.opened());
    for (int i = 0; i < packets; i++) {
      int at = PcapFormat.FILE_HEADER_LENGTH + i * (PcapFormat.RECORD_HEADER_LENGTH + FRAME);
      PcapFormat.putRecordHeader(file, at, nanos + i, FRAME, FRAME);
    }
    Files.write(name.unfinishedIn(directory), file.array());
    try (SegmentDirectory held = SegmentDirectory.hold(directory).orElseThrow()) {
      assertThat(held.recover().recovered()).hasSize(1);
    }
  }

  private void remove(UUID recording, int number) throws IOException {
    Files.delete(name(number).in(directory(recording)));
    Files.delete(name(number).sidecarIn(directory(recording)));
  }

  private List<Integer> numbers(UUID recording) {
    return catalog.segments(recording, 0, 1000).stream().map(CatalogEntry::number).toList();
  }

  @Test
  void anEmptyDataDirectoryHasNothing() {
    assertThat(catalog.totals(RECORDING)).isEqualTo(Totals.NONE);
    assertThat(catalog.totals()).isEmpty();
    assertThat(catalog.segments(RECORDING, 0, 10)).isEmpty();
    assertThat(catalog.segment(RECORDING, 1)).isEmpty();
  }

  @Test
  void itSaysOfASegmentWhatItsSidecarSays() throws IOException {
    segment(RECORDING, 1, 3);
    catalog.refresh(RECORDING);
    CatalogEntry entry = catalog.segment(RECORDING, 1).orElseThrow();
    long bytes = PcapFormat.FILE_HEADER_LENGTH + 3L * (PcapFormat.RECORD_HEADER_LENGTH + FRAME);
    Instant first = name(1).opened();
    assertThat(entry)
        .isEqualTo(
            new CatalogEntry(
                1,
                name(1).fileName(),
                3,
                3L * FRAME,
                bytes,
                first,
                first.plusNanos(2),
                false,
                entry.recovered(),
                1,
                name(1).fileName(),
                bytes,
                null));
    assertThat(entry.recovered()).isNotEmpty();
    assertThat(catalog.totals(RECORDING))
        .isEqualTo(new Totals(1, 3, bytes, first, first.plusNanos(2)));
  }

  @Test
  void aSegmentThatWasCompressedIsFoundInItsFileAndCountsWhatItTakes() throws IOException {
    segment(RECORDING, 1, 3);
    catalog.refresh(RECORDING);
    CatalogEntry before = catalog.segment(RECORDING, 1).orElseThrow();
    Path directory = catalog.directory(RECORDING);
    assertThat(catalog.path(RECORDING, before)).isEqualTo(name(1).in(directory).toRealPath());
    Path stored = name(1).in(directory, Compression.ZSTD);
    Files.move(name(1).in(directory), stored);
    String hash = "5".repeat(64);
    Path sidecar = name(1).sidecarIn(directory);
    Files.writeString(
        sidecar,
        Files.readString(sidecar)
            .replaceFirst(
                "\\{",
                """
                {"sha256": "%s", "stored":
                  {"file": "%s", "compression": "zstd", "bytes": 40, "sha256": "%s"},
                """
                    .formatted(hash, stored.getFileName(), hash)));
    assertThat(catalog.path(RECORDING, before))
        .as("known as it was before")
        .isEqualTo(stored.toRealPath());
    catalog.refresh(RECORDING);
    CatalogEntry entry = catalog.segment(RECORDING, 1).orElseThrow();
    assertThat(entry.file()).isEqualTo(name(1).fileName());
    assertThat(entry.bytes()).isEqualTo(before.bytes());
    assertThat(entry.storedFile()).isEqualTo(stored.getFileName().toString());
    assertThat(entry.storedBytes()).isEqualTo(40);
    assertThat(entry.sha256()).isEqualTo(hash);
    assertThat(catalog.totals(RECORDING).bytes()).isEqualTo(40);
  }

  @Test
  void segmentsComeInOrderAndInPages() throws IOException {
    for (int number : List.of(3, 1, 2, 5, 4)) {
      segment(RECORDING, number, 1);
    }
    segment(OTHER, 9, 7);
    catalog.refresh();
    assertThat(numbers(RECORDING)).containsExactly(1, 2, 3, 4, 5);
    assertThat(catalog.segments(RECORDING, 2, 2))
        .extracting(CatalogEntry::number)
        .containsExactly(3, 4);
    assertThat(catalog.totals(RECORDING).packets()).isEqualTo(5);
    assertThat(catalog.totals(OTHER).packets()).isEqualTo(7);
    assertThat(catalog.totals())
        .isEqualTo(Map.of(RECORDING, catalog.totals(RECORDING), OTHER, catalog.totals(OTHER)));
  }

  @Test
  void whatIsNewOrGoneIsSeenAtTheNextLook() throws IOException {
    segment(RECORDING, 1, 1);
    segment(RECORDING, 2, 1);
    catalog.refresh(RECORDING);
    remove(RECORDING, 1);
    segment(RECORDING, 3, 4);
    catalog.refresh(RECORDING);
    assertThat(numbers(RECORDING)).containsExactly(2, 3);
    assertThat(catalog.totals(RECORDING).packets()).isEqualTo(5);
  }

  @Test
  void aRecordingThatIsGoneIsForgotten() throws IOException {
    segment(RECORDING, 1, 1);
    catalog.refresh();
    remove(RECORDING, 1);
    Files.delete(directory(RECORDING));
    catalog.refresh();
    assertThat(catalog.totals(RECORDING)).isEqualTo(Totals.NONE);
  }

  @Test
  void protectionIsSeenAndKeepsAllElse() throws IOException {
    segment(RECORDING, 1, 3);
    catalog.refresh(RECORDING);
    CatalogEntry before = catalog.segment(RECORDING, 1).orElseThrow();
    SidecarFile.setProtected(directory(RECORDING), name(1), true);
    catalog.refresh(RECORDING);
    CatalogEntry after = catalog.segment(RECORDING, 1).orElseThrow();
    assertThat(after.isProtected()).isTrue();
    assertThat(after).usingRecursiveComparison().ignoringFields("isProtected").isEqualTo(before);
    SidecarFile.setProtected(directory(RECORDING), name(1), false);
    catalog.refresh(RECORDING);
    assertThat(catalog.segment(RECORDING, 1)).contains(before);
  }

  @Test
  void whatIsNoSegmentCannotBeProtected() throws IOException {
    Path directory = directory(RECORDING);
    assertThatThrownBy(() -> SidecarFile.setProtected(directory, name(1), true))
        .isInstanceOf(NoSuchFileException.class);
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void aSidecarThatMakesNoSenseOrSpeaksOfAnotherSegmentIsNotBelieved() throws IOException {
    segment(RECORDING, 1, 3);
    Path directory = directory(RECORDING);
    Files.copy(name(1).sidecarIn(directory), name(2).sidecarIn(directory));
    Files.writeString(name(3).sidecarIn(directory), "{");
    Files.createDirectory(name(4).sidecarIn(directory));
    Files.createSymbolicLink(name(5).sidecarIn(directory), name(1).sidecarIn(directory));
    catalog.refresh(RECORDING);
    assertThat(numbers(RECORDING)).containsExactly(1);
  }

  @Test
  void onlyDirectoriesNamedByAnIdAreRecordings() throws IOException {
    segment(RECORDING, 1, 1);
    Path recordings = data.resolve("recordings");
    Files.createDirectory(recordings.resolve("notes"));
    Files.createSymbolicLink(recordings.resolve(OTHER.toString()), directory(RECORDING));
    catalog.refresh();
    assertThat(numbers(RECORDING)).containsExactly(1);
    assertThat(numbers(OTHER)).isEmpty();
  }

  @Test
  void itsFileCanBeDeletedAndNothingIsLost() throws IOException {
    for (int number = 1; number <= 20; number++) {
      segment(RECORDING, number, number);
    }
    catalog.refresh();
    List<CatalogEntry> before = catalog.segments(RECORDING, 0, 100);
    catalog.close();
    for (String suffix : List.of("", "-wal", "-shm")) {
      Files.deleteIfExists(data.resolve("catalog.db" + suffix));
    }
    catalog = Catalog.open(data);
    assertThat(catalog.segments(RECORDING, 0, 100)).isEqualTo(before).hasSize(20);
  }

  @Test
  void aDamagedFileIsMadeAnew() throws IOException {
    segment(RECORDING, 1, 2);
    catalog.close();
    Files.writeString(data.resolve("catalog.db"), "no database ".repeat(1000));
    catalog = Catalog.open(data);
    assertThat(numbers(RECORDING)).containsExactly(1);
  }

  @Test
  void whatWasReadOnceIsNotReadAgain() throws IOException {
    segment(RECORDING, 1, 2);
    catalog.refresh();
    Path sidecar = name(1).sidecarIn(directory(RECORDING));
    var time = Files.getLastModifiedTime(sidecar);
    String text = Files.readString(sidecar);
    // The same size and time: who looked inside would see three.
    Files.writeString(sidecar, text.replace("\"packets\" : 2", "\"packets\" : 3"));
    Files.setLastModifiedTime(sidecar, time);
    catalog.refresh();
    assertThat(catalog.totals(RECORDING).packets()).isEqualTo(2);
  }

  @Test
  void theFileOfASegmentIsWhereItShouldBeOrNowhere() throws IOException {
    segment(RECORDING, 1, 1);
    segment(RECORDING, 2, 1);
    catalog.refresh();
    CatalogEntry first = catalog.segment(RECORDING, 1).orElseThrow();
    Path file = catalog.path(RECORDING, first);
    assertThat(file).isEqualTo(name(1).in(directory(RECORDING)).toRealPath());
    Files.delete(file);
    assertThatThrownBy(() -> catalog.path(RECORDING, first))
        .isInstanceOf(NoSuchFileException.class);
    Files.createSymbolicLink(file, name(2).in(directory(RECORDING)));
    assertThatThrownBy(() -> catalog.path(RECORDING, first))
        .isInstanceOf(NoSuchFileException.class);
  }
}
