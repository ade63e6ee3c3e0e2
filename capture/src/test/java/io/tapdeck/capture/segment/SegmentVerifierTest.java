package io.tapdeck.capture.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.capture.archive.Compression;
import io.tapdeck.capture.pcap.PcapFormat;
import io.tapdeck.capture.segment.SegmentVerifier.State;
import io.tapdeck.capture.segment.SegmentVerifier.Verdict;
import io.tapdeck.capture.unit.DataSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SegmentVerifierTest {
  private static final UUID RECORDING = new UUID(7, 1);
  private static final int PACKETS = 500;

  private Path data = Path.of("");
  private Path directory = Path.of("");
  private RecordedSegments recorded = new RecordedSegments(data);

  @BeforeEach
  @BeforeProperty
  void record() throws IOException {
    data = Files.createTempDirectory("verify");
    recorded = new RecordedSegments(data);
    directory = recorded.directory(RECORDING);
    recorded.write(RECORDING, 1, PACKETS);
  }

  @AfterEach
  @AfterProperty
  void remove() throws IOException {
    try (var all = Files.walk(data)) {
      for (Path file : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private void archive(Compression compression) throws Exception {
    ArchiveSettings settings = new ArchiveSettings(true, compression, DataSize.ofMebibytes(4096));
    try (SegmentArchiver archiver =
        SegmentArchiver.start(directory, settings, () -> false, ArchiveListener.NONE)) {
      assertThat(archiver.awaitIdle(Duration.ofSeconds(60))).isTrue();
    }
  }

  private List<Verdict> verify() throws IOException {
    List<Verdict> verdicts = new ArrayList<>();
    SegmentVerifier verifier = new SegmentVerifier(bytes -> {});
    for (SegmentForm form : SegmentForm.in(directory)) {
      verifier.verify(form).ifPresent(verdicts::add);
    }
    return verdicts;
  }

  private void expect(State state, String reason) throws IOException {
    assertThat(verify())
        .singleElement()
        .satisfies(verdict -> {
          assertThat(verdict.state()).as(verdict.reasons().toString()).isEqualTo(state);
          assertThat(String.join("; ", verdict.reasons())).contains(reason);
        });
  }

  private Path file() {
    return RecordedSegments.name(1).findIn(directory).orElseThrow();
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void whatIsAsItsSidecarSaysIsOk(Compression compression) throws Exception {
    expect(State.NO_HASH, "no hash");
    archive(compression);
    AtomicLong bytes = new AtomicLong();
    SegmentForm form = SegmentForm.of(file());
    Verdict verdict = new SegmentVerifier(bytes::addAndGet).verify(form).orElseThrow();
    assertThat(verdict.state()).isEqualTo(State.OK);
    assertThat(verdict.reasons()).isEmpty();
    assertThat(bytes).hasValue(form.sidecar().orElseThrow().bytes());
    for (Path path : List.of(RecordedSegments.name(1).in(directory), form.whole())) {
      assertThat(SegmentForm.of(path)).isEqualTo(form);
    }
    assertThat(SegmentForm.of(RecordedSegments.name(1).sidecarIn(directory))).isEqualTo(form);
  }

  @Test
  void whatIsOnlyPartlyThereSaysSo() throws Exception {
    archive(Compression.NONE);
    Path sidecar = recorded.sidecar(RECORDING, 1);
    byte[] text = Files.readAllBytes(sidecar);
    byte[] content = Files.readAllBytes(file());
    Files.delete(file());
    expect(State.MISSING, "only its sidecar");
    Files.write(recorded.file(RECORDING, 1), content);
    Files.writeString(sidecar, "{");
    expect(State.NO_SIDECAR, "no sidecar");
    Files.delete(sidecar);
    expect(State.NO_SIDECAR, "no sidecar");
    Files.write(sidecar, text);
    expect(State.OK, "");
    SegmentForm form = SegmentForm.of(file());
    recorded.remove(RECORDING, 1);
    assertThat(new SegmentVerifier(bytes -> {}).verify(form)).isEmpty();
  }

  @Test
  void everyFieldOfTheSidecarIsCompared() throws Exception {
    archive(Compression.NONE);
    Path sidecar = recorded.sidecar(RECORDING, 1);
    String text = Files.readString(sidecar);
    for (String[] change :
        new String[][] {
          {"\"packets\" : 500", "\"packets\" : 501", "packets: 500, its sidecar says 501"},
          {"\"linkType\" : 1", "\"linkType\" : 113", "link type: 1, its sidecar says 113"},
          {"\"frameBytes\" : 30000", "\"frameBytes\" : 1", "frame bytes: 30000"},
          {"\"bytes\" : 38024", "\"bytes\" : 38025", "bytes: 38024, its sidecar says 38025"},
          {"\"bytes\" : 38024", "\"bytes\" : 38023", "more than the 38023 bytes"},
          {"01.123456789Z\",\n  \"last", "01.123456788Z\",\n  \"last", "first time"},
          {"01.123457288Z", "01.123457289Z", "last time: 2025-11-24T16:00:01.123457288Z"},
        }) {
      assertThat(text).contains(change[0]);
      Files.writeString(sidecar, text.replace(change[0], change[1]));
      expect(State.CHANGED, change[2]);
    }
  }

  @Test
  void aSegmentOfWhichRecoveryKnowsMoreThanRecordsIsOk() throws Exception {
    Files.delete(recorded.sidecar(RECORDING, 1));
    byte[] content = Files.readAllBytes(file());
    Files.write(file(), Arrays.copyOf(content, content.length + 7));
    try (SegmentDirectory held = SegmentDirectory.hold(directory).orElseThrow()) {
      assertThat(held.recover().recovered()).hasSize(1);
    }
    archive(Compression.ZSTD);
    expect(State.OK, "");
  }

  @Test
  void aCutThatOnlyTheRecordsTellIsDamage() throws Exception {
    byte[] content = Files.readAllBytes(file());
    Files.write(file(), Arrays.copyOf(content, content.length - 1));
    Path sidecar = recorded.sidecar(RECORDING, 1);
    Files.writeString(
        sidecar, Files.readString(sidecar).replace("\"bytes\" : 38024", "\"bytes\" : 38023"));
    expect(State.DAMAGED, "the last frame is cut short");
    Files.write(file(), new byte[PcapFormat.FILE_HEADER_LENGTH]);
    Files.writeString(
        sidecar, Files.readString(sidecar).replace("\"bytes\" : 38023", "\"bytes\" : 24"));
    expect(State.DAMAGED, "is not a pcap file");
  }

  /** Whatever byte of whatever form is changed, it is found. */
  @Property(tries = 300)
  void noChangeOfAByteGoesUnnoticed(
      @ForAll Compression compression,
      @ForAll @IntRange(max = 1 << 20) int place,
      @ForAll @IntRange(min = 1, max = 255) int flip)
      throws Exception {
    Files.deleteIfExists(recorded.sidecar(RECORDING, 1));
    for (Compression each : Compression.values()) {
      Files.deleteIfExists(RecordedSegments.name(1).in(directory, each));
    }
    recorded.write(RECORDING, 1, PACKETS);
    archive(compression);
    byte[] bytes = Files.readAllBytes(file());
    bytes[place % bytes.length] ^= (byte) flip;
    Files.write(file(), bytes);
    assertThat(verify())
        .singleElement()
        .satisfies(verdict -> assertThat(verdict.state()).isIn(State.CHANGED, State.DAMAGED));
  }
}
