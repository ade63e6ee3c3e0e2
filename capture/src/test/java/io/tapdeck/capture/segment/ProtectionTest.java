package io.tapdeck.capture.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProtectionTest {
  private static final UUID RECORDING = new UUID(7, 1);

  @TempDir private Path data;

  @Test
  void protectingAndUnprotectingAtTheSameTimeLeavesOneWholeSidecar() throws Exception {
    RecordedSegments recorded = new RecordedSegments(data);
    var before = recorded.write(RECORDING, 1, 3);
    Path directory = recorded.directory(RECORDING);
    List<Callable<Void>> orders = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      boolean wanted = i % 2 == 0;
      orders.add(() -> {
        SidecarFile.setProtected(directory, RecordedSegments.name(1), wanted);
        return null;
      });
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (Future<Void> order : threads.invokeAll(orders)) {
        order.get();
      }
    }
    assertThat(SidecarFile.read(recorded.sidecar(RECORDING, 1)).orElseThrow())
        .usingRecursiveComparison()
        .ignoringFields("isProtected")
        .isEqualTo(before);
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void whateverIsChangedAtTheSameTimeNothingIsForgotten() throws Exception {
    RecordedSegments recorded = new RecordedSegments(data);
    recorded.write(RECORDING, 1, 3);
    Path directory = recorded.directory(RECORDING);
    SegmentName name = RecordedSegments.name(1);
    for (int i = 0; i < 50; i++) {
      String hash = Integer.toHexString(i + 16).repeat(32);
      boolean wanted = i % 2 == 0;
      List<Callable<Void>> orders =
          List.of(
              () -> {
                SidecarFile.setProtected(directory, name, wanted);
                return null;
              },
              () -> {
                SidecarFile.setSha256(directory, name, hash);
                return null;
              });
      try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
        for (Future<Void> order : threads.invokeAll(orders)) {
          order.get();
        }
      }
      Sidecar now = SidecarFile.read(name.sidecarIn(directory)).orElseThrow();
      assertThat(now.isProtected()).isEqualTo(wanted);
      assertThat(now.sha256()).isEqualTo(hash);
    }
  }

  @Test
  void whatALaterVersionHasWrittenStays() throws IOException {
    RecordedSegments recorded = new RecordedSegments(data);
    recorded.write(RECORDING, 1, 3);
    Path file = recorded.sidecar(RECORDING, 1);
    Files.writeString(
        file, Files.readString(file).replaceFirst("\\{", "{\"later\": {\"deep\": [1, null]},"));
    SidecarFile.setProtected(recorded.directory(RECORDING), RecordedSegments.name(1), true);
    assertThat(Files.readString(file)).contains("\"later\"", "\"deep\" : [ 1, null ]");
    assertThat(SidecarFile.read(file).orElseThrow().isProtected()).isTrue();
  }

  @Test
  void anOldSidecarHasNoHashAndIsStoredAsItIs() throws IOException {
    RecordedSegments recorded = new RecordedSegments(data);
    Sidecar sidecar = recorded.write(RECORDING, 1, 3);
    Path file = recorded.sidecar(RECORDING, 1);
    assertThat(Files.readString(file)).doesNotContain("sha256", "stored");
    Sidecar read = SidecarFile.read(file).orElseThrow();
    assertThat(read.sha256()).isNull();
    assertThat(read.storedFile()).isEqualTo(sidecar.file());
    assertThat(read.storedBytes()).isEqualTo(sidecar.bytes());
  }

  @Test
  void aStoredFileThatIsNoneOfTheSegmentMakesNoSense() throws IOException {
    RecordedSegments recorded = new RecordedSegments(data);
    Sidecar sidecar = recorded.write(RECORDING, 1, 3);
    Path file = recorded.sidecar(RECORDING, 1);
    String text = Files.readString(file);
    String hash = "0".repeat(64);
    for (String stored :
        List.of(
            "{'file': '../x.zst', 'compression': 'zstd', 'bytes': 1, 'sha256': '%s'}",
            "{'file': '%2$s.gz', 'compression': 'zstd', 'bytes': 1, 'sha256': '%1$s'}",
            "{'file': '%2$s', 'compression': 'none', 'bytes': 1, 'sha256': '%1$s'}",
            "{'file': '%2$s.zst', 'compression': 'zstd', 'bytes': -1, 'sha256': '%1$s'}",
            "{'file': '%2$s.zst', 'compression': 'zstd', 'bytes': 1, 'sha256': 'abc'}",
            "{'file': '%2$s.zst', 'compression': 'zstd', 'bytes': 1}",
            "{'compression': 'zstd', 'bytes': 1, 'sha256': '%1$s'}")) {
      String json = stored.formatted(hash, sidecar.file()).replace('\'', '"');
      Files.writeString(file, text.replaceFirst("\\{", "{\"stored\": " + json + ","));
      assertThat(SidecarFile.read(file)).as(stored).isEmpty();
    }
    Files.writeString(file, text.replaceFirst("\\{", "{\"sha256\": \"" + "G".repeat(64) + "\","));
    assertThat(SidecarFile.read(file)).isEmpty();
  }

  @Test
  void aSidecarThatIsALinkOrAnotherSegmentsCannotBeChanged() throws IOException {
    RecordedSegments recorded = new RecordedSegments(data);
    recorded.write(RECORDING, 1, 3);
    recorded.write(RECORDING, 2, 3);
    Path second = recorded.sidecar(RECORDING, 2);
    Path directory = recorded.directory(RECORDING);
    Files.delete(second);
    Files.copy(recorded.sidecar(RECORDING, 1), second);
    byte[] foreign = Files.readAllBytes(second);
    assertThatThrownBy(() -> SidecarFile.setProtected(directory, RecordedSegments.name(2), true))
        .isInstanceOf(NoSuchFileException.class);
    assertThat(second).hasBinaryContent(foreign);
    Path moved = Files.move(recorded.sidecar(RECORDING, 1), data.resolve("moved"));
    Files.createSymbolicLink(recorded.sidecar(RECORDING, 1), moved);
    assertThatThrownBy(() -> SidecarFile.setProtected(directory, RecordedSegments.name(1), true))
        .isInstanceOf(NoSuchFileException.class);
    assertThat(recorded.sidecar(RECORDING, 1)).isSymbolicLink();
  }

  @Test
  void theLastTimesThatCanBeCountedAreReadAndCounted() throws IOException {
    RecordedSegments recorded = new RecordedSegments(data);
    recorded.write(RECORDING, 1, 1);
    Path file = recorded.sidecar(RECORDING, 1);
    String first = "\"first\" : \"" + RecordedSegments.name(1).opened();
    String text = Files.readString(file);
    for (String edge :
        List.of("1677-09-21T00:12:44.145224192Z", "2262-04-11T23:47:16.854775807Z")) {
      Files.writeString(file, text.replace(first, "\"first\" : \"" + edge));
      Instant read = SidecarFile.read(file).map(Sidecar::first).orElseThrow();
      assertThat(UtcTime.ofNanos(UtcTime.toNanos(read))).isEqualTo(edge);
    }
    for (String beyond : List.of("1677-09-21T00:12:43Z", "2262-04-11T23:47:17Z")) {
      Files.writeString(file, text.replace(first, "\"first\" : \"" + beyond));
      assertThat(SidecarFile.read(file)).as(beyond).isEmpty();
    }
  }
}
