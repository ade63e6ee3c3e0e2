package io.tapdeck.replay.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FingerprintTest {
  private final Random random = new Random(1);

  @Test
  void theSameFrameHasTheSameFingerprintWhereverItIs() {
    for (int length = 0; length < 300; length++) {
      byte[] frame = bytes(length);
      long fingerprint = Fingerprint.of(buffer(frame, 0, ByteOrder.BIG_ENDIAN), 0, length);
      for (int offset = 1; offset < 9; offset++) {
        assertThat(Fingerprint.of(buffer(frame, offset, ByteOrder.LITTLE_ENDIAN), offset, length))
            .isEqualTo(fingerprint);
      }
    }
  }

  @Test
  void everyBitOfAFrameAndItsLengthMatter() {
    for (int length : new int[] {60, 61, 64, 95, 96, 97, 131, 1_514}) {
      byte[] frame = bytes(length + 1);
      Set<Long> fingerprints = new HashSet<>();
      fingerprints.add(of(frame, length));
      fingerprints.add(of(frame, length + 1));
      for (int bit = 0; bit < length * Byte.SIZE; bit++) {
        frame[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
        fingerprints.add(of(frame, length));
        frame[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
      }
      assertThat(fingerprints).hasSize(length * Byte.SIZE + 2);
    }
  }

  @Test
  void framesOfWhichAllButANumberIsTheSameAreToldApart() {
    byte[] frame = bytes(64);
    Set<Long> fingerprints = new HashSet<>();
    for (int number = 0; number < 100_000; number++) {
      ByteBuffer.wrap(frame).putInt(42, number);
      fingerprints.add(of(frame, frame.length));
    }
    assertThat(fingerprints).hasSize(100_000);
  }

  @Test
  void aShortFrameIsTheSameOnceTheInterfaceHasPaddedIt() {
    for (int length = 14; length < 60; length++) {
      byte[] frame = bytes(length);
      assertThat(of(Arrays.copyOf(frame, 60), 60)).isEqualTo(of(frame, length));
      assertThat(of(Arrays.copyOf(frame, 61), 61)).isNotEqualTo(of(frame, length));
    }
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static long of(byte[] frame, int length) {
    return Fingerprint.of(buffer(frame, 0, ByteOrder.BIG_ENDIAN), 0, length);
  }

  private static ByteBuffer buffer(byte[] frame, int offset, ByteOrder order) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(offset + frame.length).order(order);
    return buffer.put(offset, frame);
  }
}
