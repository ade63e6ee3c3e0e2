package io.tapdeck.capture.pcap;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/** What disks, crashes and people do to files. */
public final class RandomDamage {
  private RandomDamage() {}

  /** A file with one to four of its places changed, cleared, or cut off; of 4 bytes at least. */
  public static byte[] of(byte[] whole, Random random) {
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
