package io.tapdeck.capture.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What {@code scripts/fuzz/readers} does for minutes, for a second. */
class DamagedFilesTest {
  private static final int FILES = 5_000;

  @Test
  void noDamagedFileMakesTheReaderDoWhatItMustNot() throws IOException {
    Random random = new Random(42);
    int different = 0;
    for (int file = 0; file < FILES; file++) {
      byte[] whole = PcapReaderFuzz.seed(random);
      PcapReaderFuzz.fuzzerTestOneInput(whole);
      byte[] damaged = RandomDamage.of(whole, random);
      PcapReaderFuzz.fuzzerTestOneInput(damaged);
      different += Arrays.equals(whole, damaged) ? 0 : 1;
    }
    assertThat(different).isGreaterThan(FILES * 9 / 10);
  }

  @Test
  void noDamagedFileMakesTheSearchDoWhatItMustNot() throws IOException {
    Random random = new Random(42);
    for (int file = 0; file < FILES; file++) {
      byte[] whole = TimeSearchFuzz.seed(random);
      TimeSearchFuzz.fuzzerTestOneInput(whole);
      TimeSearchFuzz.fuzzerTestOneInput(RandomDamage.of(whole, random));
    }
  }
}
