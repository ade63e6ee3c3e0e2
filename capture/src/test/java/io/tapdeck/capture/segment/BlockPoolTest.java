package io.tapdeck.capture.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.capture.os.NativeBuffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BlockPoolTest {
  private static final int BLOCK = 4 << 20;
  private static final int PAGE = 4096;
  private static final int BLOCKS = 16;
  private static final long PAGES = (long) BLOCKS * BLOCK / PAGE;

  private final BlockPool blocks = new BlockPool(BLOCKS, BLOCK);

  @Test
  void whatWasMadeAheadIsFilledWithoutWaitingForTheKernel() throws Exception {
    long withWaiting = pageFaultsOfFilling(blocks);

    BlockPool ready = new BlockPool(BLOCKS, BLOCK);
    ready.makeAhead(() -> true);
    assertThat(ready.inUse()).isZero();
    // Not counted in pages: the kernel may give larger ones.
    assertThat(pageFaultsOfFilling(ready)).isLessThan(withWaiting / 4);
    assertThat(ready.inUse()).isEqualTo(BLOCKS);
    assertThat(ready.poll()).isNull();
  }

  @Test
  void theBlockInTheCachesIsGivenBeforeThoseMadeAhead() {
    NativeBuffer warm = Objects.requireNonNull(blocks.poll());
    blocks.give(warm);
    blocks.makeAhead(() -> true);
    assertThat(blocks.poll()).isSameAs(warm);
    NativeBuffer other = Objects.requireNonNull(blocks.poll());
    blocks.give(other);
    assertThat(blocks.poll()).isSameAs(other);
  }

  @Test
  void whatIsNotMadeAheadIsMadeWhenWanted() {
    AtomicInteger times = new AtomicInteger();
    blocks.makeAhead(() -> times.incrementAndGet() <= 3);
    assertThat(times).hasValue(4);
    List<NativeBuffer> given = new ArrayList<>();
    for (int i = 0; i < BLOCKS; i++) {
      given.add(Objects.requireNonNull(blocks.poll()));
    }
    assertThat(given).doesNotHaveDuplicates();
    assertThat(blocks.poll()).isNull();
  }

  @Test
  void memoryGoesBackToTheSystemAtTheEnd() throws Exception {
    long before = residentPages();
    blocks.makeAhead(() -> true);
    long with = residentPages();
    assertThat(with - before).isGreaterThan(PAGES * 9 / 10);
    blocks.relinquish();
    assertThat(with - residentPages()).isGreaterThan(PAGES * 9 / 10);
  }

  private static long pageFaultsOfFilling(BlockPool pool) throws IOException {
    List<NativeBuffer> given = new ArrayList<>();
    for (int i = 0; i < BLOCKS; i++) {
      given.add(Objects.requireNonNull(pool.poll()));
    }
    long before = pageFaults();
    for (NativeBuffer block : given) {
      for (int at = 0; at < BLOCK; at += Long.BYTES) {
        block.bytes().putLong(at, at);
      }
    }
    return pageFaults() - before;
  }

  /** Of this thread, see proc_pid_stat(5). */
  private static long pageFaults() throws IOException {
    String stat = Files.readString(Path.of("/proc/thread-self/stat"));
    return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[7]);
  }

  private static long residentPages() throws IOException {
    return Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ", -1)[1]);
  }
}
