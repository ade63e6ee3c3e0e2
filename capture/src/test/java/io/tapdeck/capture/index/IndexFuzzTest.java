package io.tapdeck.capture.index;

import io.tapdeck.capture.dissect.DissectorFuzz;
import io.tapdeck.capture.dissect.LayeredPacket;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A little of what {@code scripts/fuzz/readers} does for long. */
class IndexFuzzTest {
  @Test
  void damagedIndexesAreReadWithinBounds() throws IOException {
    Random random = new Random(1);
    for (int i = 0; i < 400; i++) {
      byte[] file = IndexFuzz.seed(random);
      for (int j = random.nextInt(6); j > 0; j--) {
        file[random.nextInt(file.length)] = (byte) random.nextInt();
      }
      IndexFuzz.fuzzerTestOneInput(
          random.nextInt(4) == 0 ? Arrays.copyOf(file, random.nextInt(file.length)) : file);
    }
  }

  @Test
  void damagedPacketsAreReadWithinBounds() {
    Random random = new Random(2);
    for (int i = 0; i < 20_000; i++) {
      byte[] packet = LayeredPacket.ethernet(random).bytes();
      for (int j = random.nextInt(6); j > 0; j--) {
        packet[random.nextInt(packet.length)] = (byte) random.nextInt();
      }
      DissectorFuzz.fuzzerTestOneInput(
          random.nextInt(4) == 0 ? Arrays.copyOf(packet, random.nextInt(packet.length)) : packet);
    }
  }
}
