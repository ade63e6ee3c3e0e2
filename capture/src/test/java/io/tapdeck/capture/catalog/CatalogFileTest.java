package io.tapdeck.capture.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.capture.segment.RecordedSegments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** The catalog's file, damaged anywhere. */
class CatalogFileTest {
  private static final UUID RECORDING = new UUID(7, 1);
  private static final int SEGMENTS = 40;

  private static Path data = Path.of("");
  private static byte[] whole = {};
  private static List<CatalogEntry> listed = List.of();

  @BeforeContainer
  static void record() throws IOException {
    data = Files.createTempDirectory("catalog");
    RecordedSegments recorded = new RecordedSegments(data);
    for (int number = 1; number <= SEGMENTS; number++) {
      recorded.write(RECORDING, number, number);
    }
    listed = list();
    whole = Files.readAllBytes(data.resolve("catalog.db"));
    assertThat(listed).hasSize(SEGMENTS);
  }

  @AfterContainer
  static void remove() throws IOException {
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static List<CatalogEntry> list() throws IOException {
    try (Catalog catalog = Catalog.open(data)) {
      return catalog.segments(RECORDING, 0, 10_000);
    }
  }

  @Property(tries = 200)
  void cutAnywhereItIsMadeAnew(@ForAll @IntRange(max = 9_999) int of10000) throws IOException {
    int length = (int) ((long) whole.length * of10000 / 10_000);
    Files.write(data.resolve("catalog.db"), Arrays.copyOf(whole, length));
    assertThat(list()).isEqualTo(listed);
  }

  @Property(tries = 500)
  void garbageAnywhereNeverKeepsItFromBeingOpened(
      @ForAll @IntRange(max = 9_999) int of10000, @ForAll @Size(min = 1, max = 100) byte[] garbage)
      throws IOException {
    byte[] damaged = whole.clone();
    int at = (int) ((long) (whole.length - garbage.length) * of10000 / 10_000);
    System.arraycopy(garbage, 0, damaged, at, garbage.length);
    Files.write(data.resolve("catalog.db"), damaged);
    assertThat(list()).hasSize(SEGMENTS);
    assertThat(list())
        .extracting(CatalogEntry::number)
        .containsExactlyElementsOf(IntStream.rangeClosed(1, SEGMENTS).boxed().toList());
  }
}
