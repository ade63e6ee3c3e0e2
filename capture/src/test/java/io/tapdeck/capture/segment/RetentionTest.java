package io.tapdeck.capture.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.capture.archive.Compression;
import io.tapdeck.capture.archive.Sha256;
import io.tapdeck.capture.unit.DataSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a directory with real segments, each of one frame of 100 bytes, a minute apart. */
class RetentionTest {
  private static final int FRAME = 100;
  private static final int SEGMENT_BYTES = 24 + 16 + FRAME;
  private static final Instant START = Instant.parse("2020-11-23T12:00:00Z");
  private static final BlockPool BLOCKS = new BlockPool(2);

  @TempDir private Path directory;

  @Test
  void theOldestGoWithTheirSidecarsAndTheRestIsUntouched() throws IOException {
    publish(1, 2, 3, 4, 5);
    byte[] newest = Files.readAllBytes(name(5).in(directory));
    Retention.Removal removal = keepFiles(2).check();
    assertThat(removal.removed())
        .extracting(Sidecar::file)
        .containsExactly(name(1).fileName(), name(2).fileName(), name(3).fileName());
    assertThat(removal.problems()).isEmpty();
    assertOnlySegments(4, 5);
    assertThat(name(5).in(directory)).hasBinaryContent(newest);
  }

  @Test
  void bytesAreThoseOfTheFiles() throws IOException {
    publish(1, 2, 3, 4, 5);
    Retention exact = new Retention(directory, limits(3 * SEGMENT_BYTES, null, null));
    exact.check();
    assertOnlySegments(3, 4, 5);
    new Retention(directory, limits(3 * SEGMENT_BYTES - 1, null, null)).check();
    assertOnlySegments(4, 5);
  }

  @Test
  void whatIsTooOldGoesWithoutAnythingNew() throws IOException {
    publish(1, 2, 300);
    Duration untilThird = Duration.between(name(3).opened(), Instant.now());
    Retention retention = new Retention(directory, limits(null, null, untilThird));
    assertThat(retention.check().removed()).hasSize(2);
    assertOnlySegments(300);
  }

  @Test
  void aSegmentThatIsPublishedPushesOutTheOldest() throws IOException {
    publish(1, 2);
    Retention retention = keepFiles(2);
    assertThat(retention.check().removed()).isEmpty();
    assertThat(retention.published(publish(3)).removed())
        .extracting(Sidecar::file)
        .containsExactly(name(1).fileName());
    assertOnlySegments(2, 3);
  }

  @Test
  void aClockThatWasAheadDoesNotMakeTheNewestTheOldest() throws IOException {
    SegmentName ahead = new SegmentName(Instant.parse("2040-01-01T00:00:00Z"), 1);
    Sidecar sidecar = Sidecar.of(ahead, 1, Tally.EMPTY, null, null, null);
    Files.write(ahead.unfinishedIn(directory), new byte[SEGMENT_BYTES]);
    SegmentFiles.publish(directory, ahead, sidecar);
    publish(2);
    Retention retention = keepFiles(2);
    assertThat(retention.check().removed()).isEmpty();
    assertThat(retention.published(publish(3)).removed())
        .extracting(Sidecar::file)
        .containsExactly(ahead.fileName());
    assertOnlySegments(2, 3);
  }

  @Test
  void aRestartForgetsNothing() throws IOException {
    publish(1, 2, 3);
    keepFiles(3).check();
    Retention afterRestart = keepFiles(3);
    afterRestart.check();
    afterRestart.published(publish(4));
    assertOnlySegments(2, 3, 4);
  }

  @Test
  void aProtectedSegmentStaysAndCounts() throws IOException {
    publish(1, 2, 3);
    protect(1, true);
    keepFiles(2).check();
    assertOnlySegments(1, 3);
  }

  @Test
  void protectionThatComesAfterTheLookIsSeenBeforeRemoval() throws IOException {
    publish(1, 2, 3);
    Retention retention = keepFiles(3);
    retention.check();
    protect(1, true);
    retention.published(publish(4));
    assertOnlySegments(1, 3, 4);
  }

  @Test
  void protectionThatEndsIsSeenAtTheNextCheck() throws IOException {
    publish(1, 2);
    protect(1, true);
    protect(2, true);
    Retention retention = keepFiles(1);
    assertThat(retention.check().removed()).isEmpty();
    protect(1, false);
    assertThat(retention.check().removed()).hasSize(1);
    assertOnlySegments(2);
  }

  @Test
  void whatSomebodyElseRemovedIsNoLongerCounted() throws IOException {
    publish(1, 2, 3, 4);
    Retention retention = keepFiles(4);
    retention.check();
    Files.delete(name(3).in(directory));
    Files.delete(name(3).sidecarIn(directory));
    retention.check();
    assertThat(retention.published(publish(5)).removed()).isEmpty();
    assertOnlySegments(1, 2, 4, 5);
  }

  @Test
  void whatIsNotASegmentWithItsSidecarStays() throws Exception {
    publish(1, 2);
    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    Path target = Files.write(elsewhere.resolve("target.pcap"), new byte[SEGMENT_BYTES]);
    write("trace.pcap", "somebody's");
    write("trace.pcap.json", "{}");
    write(name(-5).fileName(), "a segment's name, but no sidecar");
    write(name(-6).fileName(), "a sidecar that cannot be read");
    write(name(-6).fileName() + ".json", "{");
    write(name(-7).fileName(), "a sidecar of another segment");
    Files.copy(name(2).sidecarIn(directory), name(-7).sidecarIn(directory));
    Files.createSymbolicLink(name(-8).in(directory), target);
    writeSidecar(name(-8), false);
    write(name(-9).fileName() + ".part", "still written");
    writeSidecar(name(-9), false);
    Files.createDirectory(name(-10).in(directory));
    writeSidecar(name(-10), false);
    write(name(-11).fileName(), "a sidecar that never ends");
    assertThat(
            new ProcessBuilder("mkfifo", name(-11).sidecarIn(directory).toString())
                .start()
                .waitFor())
        .isZero();
    List<Path> before = files();

    Retention.Removal removal = keepFiles(1).check();

    assertThat(removal.removed()).hasSize(1);
    assertThat(removal.problems()).isEmpty();
    assertThat(files())
        .containsExactlyElementsOf(
            before.stream()
                .filter(file -> !file.getFileName().toString().startsWith(name(1).fileName()))
                .toList());
    assertThat(target).exists();
  }

  @Test
  void aCompressedSegmentCountsWhatItTakesAndGoesAsAWhole() throws IOException {
    publish(1, 2, 3, 4);
    compress(2, SegmentFormat.PCAP, 20);
    Retention retention = new Retention(directory, limits(2 * SEGMENT_BYTES + 20, null, null));
    assertThat(retention.check().removed())
        .extracting(Sidecar::file)
        .containsExactly(name(1).fileName());
    keepFiles(2).check();
    assertOnlySegments(3, 4);
  }

  @Test
  void whatWasCompressedSinceTheLastLookKeepsOthersFromGoing() throws IOException {
    publish(1, 2);
    Retention retention = new Retention(directory, limits(2 * SEGMENT_BYTES + 40, null, null));
    assertThat(retention.check().removed()).isEmpty();
    compress(1, SegmentFormat.PCAP, 20);
    compress(2, SegmentFormat.PCAP, 20);
    assertThat(retention.published(publish(3)).removed()).isEmpty();
    assertThat(retention.published(publish(4)).removed()).isEmpty();
    assertThat(retention.published(publish(5)).removed())
        .extracting(Sidecar::file)
        .containsExactly(name(1).fileName(), name(2).fileName(), name(3).fileName());
    assertOnlySegments(4, 5);
  }

  @Test
  void aSegmentThatAnotherProcessHoldsStaysUntilTheNextCheck() throws Exception {
    publish(1, 2);
    Process holder =
        new ProcessBuilder("flock", name(1).sidecarIn(directory).toString(), "cat")
            .redirectErrorStream(true)
            .start();
    try (var input = holder.outputWriter()) {
      input.write("held\n");
      input.flush();
      // It answers once it has the lock.
      assertThat(holder.inputReader().readLine()).isEqualTo("held");
      Retention retention = keepFiles(1);
      Retention.Removal removal = retention.check();
      assertThat(removal.problems()).singleElement().asString().contains("another process");
      assertThat(removal.removed()).hasSize(1);
      assertOnlySegments(1);
    }
    assertThat(holder.waitFor()).isZero();
  }

  private void compress(int minute, SegmentFormat format, int bytes) throws IOException {
    SegmentName name = new SegmentName(name(minute).opened(), minute, format);
    String file = name.fileName(Compression.ZSTD);
    Files.write(directory.resolve(file), new byte[bytes]);
    try (HeldSidecar held = HeldSidecar.hold(directory, name)) {
      held.replace(
          held.sidecar()
              .withStored(new Sidecar.Stored(file, Compression.ZSTD, bytes, new Sha256().hex())));
    }
    Files.delete(name.in(directory));
  }

  @Test
  void aDirectoryThatIsGoneIsToldOnce() throws IOException {
    Path gone = directory.resolve("gone");
    Retention retention = new Retention(gone, limits(null, 1, null));
    assertThat(retention.check().problems()).singleElement().asString().contains(gone.toString());
    assertThat(retention.check().problems()).isEmpty();
  }

  private Retention keepFiles(int files) {
    return new Retention(directory, limits(null, files, null));
  }

  private static RetentionLimits limits(
      @Nullable Integer bytes, @Nullable Integer files, @Nullable Duration age) {
    return new RetentionLimits(
        Optional.ofNullable(bytes).map(DataSize::new),
        Optional.ofNullable(files),
        Optional.ofNullable(age),
        Optional.empty());
  }

  private static SegmentName name(int minute) {
    return new SegmentName(START.plus(Duration.ofMinutes(minute)), Math.abs(minute));
  }

  private Sidecar publish(int... minutes) throws IOException {
    Sidecar last = null;
    for (int minute : minutes) {
      SegmentName name = name(minute);
      Origin origin = new Origin(UUID.randomUUID(), "eth0", null, "", "both", 96, 1 << 20, null);
      InlineDisk disk = new InlineDisk(directory, BLOCKS);
      SegmentWriter writer = disk.open(name, origin);
      disk.append(writer, UtcTime.toNanos(name.opened()), FRAME, FRAME);
      ClosedSegment closed = disk.close(writer, null);
      closed.publish();
      last = closed.sidecar();
    }
    return Objects.requireNonNull(last);
  }

  private void protect(int minute, boolean isProtected) throws IOException {
    writeSidecar(name(minute), isProtected);
  }

  private void writeSidecar(SegmentName name, boolean isProtected) throws IOException {
    String json =
        """
        {"format": 1, "file": "%s", "linkType": 1, "packets": 1, "frameBytes": %d, "bytes": %d,
         "gaps": [], "protected": %b}\
        """
            .formatted(name.fileName(), FRAME, SEGMENT_BYTES, isProtected);
    Files.writeString(name.sidecarIn(directory), json);
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(directory.resolve(file), text);
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.sorted().toList();
    }
  }

  private void assertOnlySegments(int... minutes) throws IOException {
    Stream<Path> expected = Stream.of();
    for (int minute : minutes) {
      expected =
          Stream.concat(
              expected, Stream.of(name(minute).in(directory), name(minute).sidecarIn(directory)));
    }
    assertThat(files()).containsExactlyElementsOf(expected.sorted().toList());
  }
}
