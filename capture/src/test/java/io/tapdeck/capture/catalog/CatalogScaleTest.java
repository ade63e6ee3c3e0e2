package io.tapdeck.capture.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.capture.segment.RecordedSegments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many segments, and many who ask. */
class CatalogScaleTest {
  private static final UUID RECORDING = new UUID(7, 1);
  private static final int MANY = 5_000;
  private static final int NEW = 5;

  @TempDir private Path data;

  @Test
  void ofFiveThousandAndFiveSegmentsOnlyTheFiveNewOnesAreRead() throws IOException {
    RecordedSegments recorded = new RecordedSegments(data);
    for (int number = 1; number <= MANY; number++) {
      recorded.write(RECORDING, number, 2);
    }
    try (Catalog catalog = Catalog.open(data)) {
      assertThat(catalog.totals(RECORDING).packets()).isEqualTo(2L * MANY);
      for (int number = 1; number <= MANY; number++) {
        pretendThreePackets(recorded.sidecar(RECORDING, number));
      }
      for (int number = MANY + 1; number <= MANY + NEW; number++) {
        recorded.write(RECORDING, number, 2);
      }
      catalog.refresh(RECORDING);
      assertThat(catalog.totals(RECORDING).count()).isEqualTo(MANY + NEW);
      assertThat(catalog.totals(RECORDING).packets()).isEqualTo(2L * (MANY + NEW));
    }
    try (Catalog again = Catalog.open(data)) {
      assertThat(again.totals(RECORDING).packets()).isEqualTo(2L * (MANY + NEW));
    }
    Files.delete(data.resolve("catalog.db"));
    try (Catalog anew = Catalog.open(data)) {
      assertThat(anew.totals(RECORDING).packets()).isEqualTo(3L * MANY + 2L * NEW);
    }
  }

  /** Under the same name, time and size: only who reads it can tell. */
  private static void pretendThreePackets(Path sidecar) throws IOException {
    FileTime time = Files.getLastModifiedTime(sidecar);
    String text = Files.readString(sidecar);
    Files.writeString(sidecar, text.replace("\"packets\" : 2", "\"packets\" : 3"));
    Files.setLastModifiedTime(sidecar, time);
  }

  @Test
  void whoAsksWhileSegmentsComeSeesWholeOnesInOrder() throws Exception {
    RecordedSegments recorded = new RecordedSegments(data);
    recorded.write(RECORDING, 1, 1);
    AtomicBoolean written = new AtomicBoolean();
    try (Catalog catalog = Catalog.open(data);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Void> asks =
          () -> {
            boolean last;
            do {
              last = written.get();
              catalog.refresh(RECORDING);
              List<CatalogEntry> entries = catalog.segments(RECORDING, 0, 1000);
              assertThat(entries).extracting(CatalogEntry::number).isSorted();
              assertThat(entries)
                  .allSatisfy(entry -> assertThat(entry.packets()).isEqualTo(entry.number()));
              assertThat(catalog.totals(RECORDING).count()).isGreaterThanOrEqualTo(entries.size());
              catalog.refresh();
            } while (!last);
            return null;
          };
      List<Future<Void>> asking = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        asking.add(threads.submit(asks));
      }
      try {
        for (int number = 2; number <= 200; number++) {
          recorded.write(RECORDING, number, number);
        }
      } finally {
        written.set(true);
      }
      for (Future<Void> one : asking) {
        one.get();
      }
      assertThat(catalog.segments(RECORDING, 0, 1000)).hasSize(200);
      assertThat(catalog.totals(RECORDING).packets()).isEqualTo(200L * 201 / 2);
    }
  }
}
