package io.tapdeck.capture.segment;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.tapdeck.capture.pcap.RandomDamage;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What {@code scripts/fuzz/readers --of recovery} does for minutes, for a second. */
class DamagedSegmentsTest {
  private static final int SEGMENTS = 500;

  /** Of some readings, a MiB each; lengths in damaged files are up to 4 GiB. */
  private static final long MOST_MEMORY = 8 << 20;

  @Test
  void damagedSegmentsAreRecoveredOrRefusedWithoutMuchMemory() throws IOException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Random random = new Random(7);
    int recovered = 0;
    for (int i = 0; i < SEGMENTS; i++) {
      byte[] damaged = RandomDamage.of(SegmentRecoveryFuzz.seed(random), random);
      long before = threads.getCurrentThreadAllocatedBytes();
      recovered += SegmentRecoveryFuzz.isRecovered(damaged) ? 1 : 0;
      assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(MOST_MEMORY);
    }
    assertThat(recovered).isBetween(SEGMENTS / 4, SEGMENTS * 9 / 10);
  }
}
