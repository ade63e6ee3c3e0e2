package io.tapdeck.capture.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.capture.archive.Compression;
import io.tapdeck.capture.archive.Sha256;
import io.tapdeck.capture.archive.Tool;
import io.tapdeck.capture.pcap.PcapReader;
import io.tapdeck.capture.unit.DataSize;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SegmentArchiverTest {
  private static final UUID RECORDING = new UUID(7, 1);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** More than two frames of an archive. */
  private static final int PACKETS = 120_000;

  @TempDir private Path data;
  private Path directory = Path.of("");
  private RecordedSegments recorded = new RecordedSegments(directory);

  @BeforeEach
  void prepare() throws IOException {
    recorded = new RecordedSegments(data);
    directory = recorded.directory(RECORDING);
  }

  /** Keeps what it is told. */
  private static final class Told implements ArchiveListener {
    private final List<Sidecar> archived = new CopyOnWriteArrayList<>();
    private final List<String> problems = new CopyOnWriteArrayList<>();

    @Override
    public void archived(Sidecar segment) {
      archived.add(segment);
    }

    @Override
    public void notArchived(String problem) {
      problems.add(problem);
    }
  }

  private static ArchiveSettings by(Compression compression) {
    return new ArchiveSettings(true, compression, DataSize.ofMebibytes(4096));
  }

  /** Does all that can be done. */
  private static Told archive(Path directory, ArchiveSettings settings)
      throws InterruptedException {
    Told told = new Told();
    try (SegmentArchiver archiver = SegmentArchiver.start(directory, settings, () -> false, told)) {
      assertThat(archiver.awaitIdle(PATIENCE)).isTrue();
    }
    return told;
  }

  private Sidecar sidecar(int number) throws IOException {
    return SidecarFile.read(recorded.sidecar(RECORDING, number)).orElseThrow();
  }

  @Test
  void everySegmentGetsTheHashThatSha256sumFinds() throws Exception {
    recorded.write(RECORDING, 1, PACKETS);
    recorded.write(RECORDING, 2, 0);
    byte[] before = Files.readAllBytes(recorded.file(RECORDING, 1));
    Told told = archive(directory, by(Compression.NONE));
    assertThat(told.problems).isEmpty();
    assertThat(told.archived).containsExactly(sidecar(1), sidecar(2));
    for (int number : new int[] {1, 2}) {
      Path file = recorded.file(RECORDING, number);
      assertThat(text(Tool.run(directory, "sha256sum", file.toString())))
          .startsWith(sidecar(number).sha256() + " ");
      assertThat(sidecar(number).stored()).isNull();
    }
    assertThat(recorded.file(RECORDING, 1)).hasBinaryContent(before);
    assertThat(Tool.names(directory)).hasSize(4);
    assertThat(archive(directory, by(Compression.NONE)).archived).as("again").isEmpty();
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @EnumSource(
      value = Compression.class,
      names = {"ZSTD", "GZIP"})
  void aCompressedSegmentIsTheSameForEveryTool(Compression compression) throws Exception {
    Sidecar before = recorded.write(RECORDING, 1, PACKETS);
    SidecarFile.setProtected(directory, RecordedSegments.name(1), true);
    byte[] content = Files.readAllBytes(recorded.file(RECORDING, 1));
    Told told = archive(directory, by(compression));
    assertThat(told.problems).isEmpty();
    Path file = RecordedSegments.name(1).in(directory, compression);
    assertThat(Tool.names(directory))
        .containsExactlyInAnyOrder(
            file.getFileName().toString(), RecordedSegments.name(1).fileName() + ".json");
    String tool = compression == Compression.ZSTD ? "zstd" : "gzip";
    Tool.run(directory, tool, "-t", file.toString());
    byte[] unpacked = Tool.run(directory, tool, "-dc", file.toString());
    assertThat(unpacked).isEqualTo(content);
    Sidecar after = sidecar(1);
    assertThat(told.archived).containsExactly(after);
    assertThat(after.bytes()).isEqualTo(before.bytes());
    assertThat(after.isProtected()).isTrue();
    assertThat(after.storedFile()).isEqualTo(file.getFileName().toString());
    assertThat(after.storedBytes()).isEqualTo(Files.size(file)).isLessThan(content.length / 4);
    Path whole = Files.write(data.resolve("whole.pcap"), unpacked);
    assertThat(after.sha256()).isEqualTo(Sha256.of(whole));
    assertThat(text(Tool.run(directory, "sha256sum", file.toString())))
        .startsWith(Objects.requireNonNull(after.stored()).sha256() + " ");
    assertThat(text(Tool.run(directory, "capinfos", "-M", "-c", whole.toString())))
        .containsPattern("packets: *" + PACKETS + "\n");
    assertThat(count(recorded.file(RECORDING, 1))).isEqualTo(PACKETS);
  }

  /** Of the segment in whatever form. */
  private static long count(Path file) throws IOException {
    try (PcapReader reader = PcapReader.open(file)) {
      long count = 0;
      while (reader.next()) {
        count++;
      }
      assertThat(reader.damage()).isEmpty();
      return count;
    }
  }

  @Test
  void whatIsOfferedIsDoneAndMoreThanCanWaitTheSame() throws Exception {
    Told told = new Told();
    ArchiveSettings settings = by(Compression.ZSTD);
    try (SegmentArchiver archiver = SegmentArchiver.start(directory, settings, () -> false, told)) {
      assertThat(archiver.awaitIdle(PATIENCE)).isTrue();
      archiver.offer(recorded.write(RECORDING, 1, 10));
      assertThat(archiver.awaitIdle(PATIENCE)).isTrue();
      assertThat(told.archived).hasSize(1);
      Sidecar second = recorded.write(RECORDING, 2, 10);
      for (int i = 0; i < 5000; i++) {
        archiver.offer(second);
      }
      recorded.write(RECORDING, 3, 10);
      archiver.offer(sidecar(3));
      assertThat(archiver.awaitIdle(PATIENCE)).isTrue();
    }
    assertThat(told.archived).hasSize(3);
    assertThat(told.problems).isEmpty();
  }

  @Test
  void whoeverProtectsMeanwhileIsHeard() throws Exception {
    int segments = 40;
    for (int number = 1; number <= segments; number++) {
      recorded.write(RECORDING, number, 100);
    }
    Told told = new Told();
    try (SegmentArchiver archiver =
        SegmentArchiver.start(directory, by(Compression.ZSTD), () -> false, told)) {
      for (int number = segments; number >= 1; number--) {
        SidecarFile.setProtected(directory, RecordedSegments.name(number), true);
      }
      assertThat(archiver.awaitIdle(PATIENCE)).isTrue();
    }
    assertThat(told.problems).isEmpty();
    for (int number = 1; number <= segments; number++) {
      assertThat(sidecar(number).isProtected()).isTrue();
      assertThat(sidecar(number).stored()).isNotNull();
    }
  }

  @Test
  void whoeverRemovesMeanwhileLeavesNothingBehind() throws Exception {
    for (int number = 1; number <= 30; number++) {
      recorded.write(RECORDING, number, 3000);
    }
    Retention retention =
        new Retention(
            directory,
            new RetentionLimits(
                Optional.empty(), Optional.of(1), Optional.empty(), Optional.empty()));
    Told told = new Told();
    try (SegmentArchiver archiver =
        SegmentArchiver.start(directory, by(Compression.ZSTD), () -> false, told)) {
      while (told.archived.isEmpty()) {
        Thread.onSpinWait();
      }
      var removal = retention.check();
      assertThat(removal.problems()).isEmpty();
      assertThat(removal.removed()).hasSize(29);
      assertThat(archiver.awaitIdle(PATIENCE)).isTrue();
    }
    assertThat(told.problems).isEmpty();
    assertThat(Tool.names(directory))
        .containsExactlyInAnyOrder(
            RecordedSegments.name(30).fileName(Compression.ZSTD),
            RecordedSegments.name(30).fileName() + ".json");
  }

  @Test
  void closingLeavesWhatWasBegunAsItWas() throws Exception {
    recorded.write(RECORDING, 1, PACKETS);
    List<String> before = Tool.names(directory);
    byte[] sidecar = Files.readAllBytes(recorded.sidecar(RECORDING, 1));
    Path draft = RecordedSegments.name(1).draftIn(directory, Compression.ZSTD);
    ArchiveSettings slow = new ArchiveSettings(true, Compression.ZSTD, DataSize.ofMebibytes(1));
    SegmentArchiver archiver =
        SegmentArchiver.start(directory, slow, () -> false, ArchiveListener.NONE);
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (Files.notExists(draft) && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertThat(draft).exists();
    long closing = System.nanoTime();
    archiver.close();
    assertThat(System.nanoTime() - closing).isLessThan(TimeUnit.SECONDS.toNanos(3));
    assertThat(Tool.names(directory)).isEqualTo(before);
    assertThat(recorded.sidecar(RECORDING, 1)).hasBinaryContent(sidecar);
    archive(directory, by(Compression.ZSTD));
    assertThat(count(RecordedSegments.name(1).in(directory, Compression.ZSTD))).isEqualTo(PACKETS);
  }

  @Test
  void aSegmentThatIsNotWhatItsSidecarSaysIsLeftAsItIs() throws Exception {
    recorded.write(RECORDING, 1, 10);
    recorded.write(RECORDING, 2, 10);
    recorded.write(RECORDING, 3, 10);
    byte[] longer = Arrays.copyOf(Files.readAllBytes(recorded.file(RECORDING, 1)), 2000);
    Files.write(recorded.file(RECORDING, 1), longer);
    SidecarFile.setSha256(directory, RecordedSegments.name(2), "0".repeat(64));
    Told told = archive(directory, by(Compression.ZSTD));
    assertThat(told.problems)
        .satisfiesExactlyInAnyOrder(
            one -> assertThat(one).contains("-000001.pcap has 2000 bytes, its sidecar says"),
            two -> assertThat(two).contains("-000002.pcap has changed since it was hashed"));
    assertThat(told.archived).extracting(Sidecar::file).hasSize(1);
    assertThat(recorded.file(RECORDING, 1)).hasBinaryContent(longer);
    assertThat(sidecar(1).sha256()).isNull();
    assertThat(recorded.file(RECORDING, 2)).exists();
  }

  @Test
  void aFileOfSomebodyElseIsNotReplaced() throws Exception {
    recorded.write(RECORDING, 1, 10);
    Path foreign = RecordedSegments.name(1).in(directory, Compression.ZSTD);
    Files.writeString(foreign, "mine");
    Told told = archive(directory, by(Compression.ZSTD));
    assertThat(told.problems).singleElement().asString().contains("not ours");
    assertThat(foreign).hasContent("mine");
    assertThat(recorded.file(RECORDING, 1)).exists();
    assertThat(sidecar(1).sha256()).isNotNull();
    assertThat(sidecar(1).stored()).isNull();
  }

  @Test
  @Tag("lab")
  void aFullDiskLeavesSegmentsUncompressedAndSaysSoOnce() throws Exception {
    Path disk = Files.createDirectory(data.resolve("disk"));
    Tool.run(data, "mount", "-t", "tmpfs", "-o", "size=16m", "none", disk.toString());
    try {
      RecordedSegments onDisk = new RecordedSegments(disk);
      onDisk.write(RECORDING, 1, 100_000);
      onDisk.write(RECORDING, 2, 100_000);
      Path there = onDisk.directory(RECORDING);
      List<String> before = Tool.names(there);
      Told told = archive(there, by(Compression.ZSTD));
      assertThat(told.problems)
          .containsExactly(
              "segments stay uncompressed: too little of the disk is free for another copy of one");
      assertThat(told.archived).hasSize(2).allMatch(one -> one.sha256() != null);
      assertThat(Tool.names(there)).isEqualTo(before);
      onDisk.remove(RECORDING, 2);
      archive(there, by(Compression.ZSTD));
      assertThat(count(RecordedSegments.name(1).in(there, Compression.ZSTD))).isEqualTo(100_000);
    } finally {
      Tool.run(data, "umount", disk.toString());
    }
  }

  /** What can be on the disk when it all ends at once, step by step. */
  enum Left {
    PART_OF_DRAFT,
    WHOLE_DRAFT,
    DRAFT_OF_SIDECAR,
    SIDECAR,
    SIDECAR_AND_PART_OF_DRAFT,
    COMPRESSED,
    DONE
  }

  @ParameterizedTest
  @EnumSource(Left.class)
  void killedAtAnyStepItIsCompletedOrTakenBack(Left left) throws Exception {
    recorded.write(RECORDING, 1, PACKETS);
    SegmentName name = RecordedSegments.name(1);
    Path whole = name.in(directory);
    Path compressed = name.in(directory, Compression.ZSTD);
    Path draft = name.draftIn(directory, Compression.ZSTD);
    byte[] content = Files.readAllBytes(whole);
    byte[] sidecarBefore = Files.readAllBytes(name.sidecarIn(directory));
    archive(directory, by(Compression.ZSTD));
    byte[] archive = Files.readAllBytes(compressed);
    byte[] sidecarAfter = Files.readAllBytes(name.sidecarIn(directory));

    boolean said = left.compareTo(Left.SIDECAR) >= 0;
    boolean isPart = left == Left.PART_OF_DRAFT || left == Left.SIDECAR_AND_PART_OF_DRAFT;
    Files.delete(compressed);
    if (left.compareTo(Left.COMPRESSED) >= 0) {
      Files.write(compressed, archive);
    } else {
      Files.write(draft, isPart ? Arrays.copyOf(archive, archive.length / 2) : archive);
    }
    if (left != Left.DONE) {
      Files.write(whole, content);
    }
    Files.write(name.sidecarIn(directory), said ? sidecarAfter : sidecarBefore);
    if (left == Left.DRAFT_OF_SIDECAR) {
      Files.write(name.draftSidecarIn(directory), Arrays.copyOf(sidecarAfter, 100));
    }

    SegmentDirectory.Recovery recovery = recover();
    assertThat(recovery.recovered()).isEmpty();
    assertThat(recovery.leftAlone()).isEmpty();
    boolean completed = said && !isPart;
    assertThat(Tool.names(directory))
        .containsExactlyInAnyOrder(
            (completed ? compressed : whole).getFileName().toString(), name.fileName() + ".json");
    assertThat(sidecar(1).stored() != null).isEqualTo(completed);
    assertThat(completed ? compressed : whole).hasBinaryContent(completed ? archive : content);
    recover();
    archive(directory, by(Compression.ZSTD));
    assertThat(compressed).hasBinaryContent(archive);
    assertThat(sidecar(1)).isEqualTo(SidecarFile.parse(sidecarAfter).orElseThrow());
  }

  private SegmentDirectory.Recovery recover() throws IOException {
    try (SegmentDirectory held = SegmentDirectory.hold(directory).orElseThrow()) {
      return held.recover();
    }
  }

  @Test
  void anArchiveThatIsNotWhatWasSaidNeverTakesThePlaceOfTheSegment() throws Exception {
    recorded.write(RECORDING, 1, 1000);
    SegmentName name = RecordedSegments.name(1);
    byte[] content = Files.readAllBytes(name.in(directory));
    archive(directory, by(Compression.ZSTD));
    Path compressed = name.in(directory, Compression.ZSTD);
    byte[] damaged = Files.readAllBytes(compressed);
    damaged[damaged.length / 2] ^= 1;
    Files.write(compressed, damaged);
    Files.write(name.in(directory), content);
    assertThat(recover().leftAlone())
        .singleElement()
        .asString()
        .contains("is not what its sidecar");
    assertThat(name.in(directory)).hasBinaryContent(content);
    assertThat(compressed).hasBinaryContent(damaged);
    assertThat(sidecar(1).stored()).isNull();
  }

  /** A process that archives a directory, for being killed. */
  public static final class ArchiverProcess {
    private ArchiverProcess() {}

    public static void main(String[] directory) throws InterruptedException {
      archive(Path.of(directory[0]), by(Compression.ZSTD));
    }
  }

  @Test
  void killedAtAnyMomentNothingIsLost() throws Exception {
    int segments = 3;
    List<String> hashes = new ArrayList<>();
    for (int number = 1; number <= segments; number++) {
      recorded.write(RECORDING, number, 50_000);
      hashes.add(Sha256.of(recorded.file(RECORDING, number)));
    }
    int rounds = 0;
    while (!isAllCompressed(segments)) {
      assertThat(++rounds).isLessThan(50);
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "--enable-native-access=ALL-UNNAMED",
                  "-cp",
                  System.getProperty("java.class.path"),
                  ArchiverProcess.class.getName(),
                  directory.toString())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      // Whenever something new shows in the directory, and a little later than the last time.
      List<String> before = Tool.names(directory);
      while (process.isAlive() && Tool.names(directory).equals(before)) {
        Thread.onSpinWait();
      }
      boolean _ = process.waitFor(40L * rounds, TimeUnit.MILLISECONDS);
      process.destroyForcibly().waitFor();
      recover();
      for (int number = 1; number <= segments; number++) {
        assertThat(count(recorded.file(RECORDING, number))).isEqualTo(50_000);
      }
      assertThat(Tool.names(directory)).hasSize(2 * segments);
    }
    assertThat(rounds).isGreaterThan(1);
    for (int number = 1; number <= segments; number++) {
      assertThat(sidecar(number).sha256()).isEqualTo(hashes.get(number - 1));
    }
  }

  private boolean isAllCompressed(int segments) throws IOException {
    for (int number = 1; number <= segments; number++) {
      if (sidecar(number).stored() == null) {
        return false;
      }
    }
    return true;
  }

  @Test
  void readingIsNoFasterThanAllowed() {
    Throttle throttle = new Throttle(10 << 20, () -> false, () -> false);
    long begin = System.nanoTime();
    for (int i = 0; i < 5; i++) {
      throttle.spend(1 << 20);
    }
    assertThat(System.nanoTime() - begin).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(390));
  }

  @Test
  void nothingIsReadWhileOthersNeedTheDisk() {
    AtomicInteger asked = new AtomicInteger();
    Throttle throttle = new Throttle(1L << 40, () -> asked.incrementAndGet() <= 3, () -> false);
    throttle.spend(1);
    assertThat(asked).hasValue(4);
  }
}
