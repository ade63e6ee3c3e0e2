package io.tapdeck.capture.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
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
      byte[] damaged = damage(whole, random);
      PcapReaderFuzz.fuzzerTestOneInput(damaged);
      different += Arrays.equals(whole, damaged) ? 0 : 1;
    }
    assertThat(different).isGreaterThan(FILES * 9 / 10);
  }

  private static byte[] damage(byte[] whole, Random random) {
    byte[] bytes = whole.clone();
    for (int change = random.nextInt(4); change >= 0; change--) {
      int at = random.nextInt(bytes.length);
      int word = Math.min(at & -Integer.BYTES, bytes.length - Integer.BYTES);
      switch (random.nextInt(6)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(Byte.SIZE));
        case 1 -> bytes[at] = (byte) random.nextInt();
        case 2 -> ByteBuffer.wrap(bytes).putInt(word, random.nextInt());
        case 3 -> ByteBuffer.wrap(bytes).putInt(word, random.nextInt(300) - 20);
        case 4 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 100), (byte) 0);
        default -> bytes = Arrays.copyOf(bytes, Math.max(Integer.BYTES, at));
      }
    }
    return bytes;
  }
}
