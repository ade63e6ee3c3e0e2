package io.tapdeck.capture.index;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/** Memory in the byte order of indexes, and its checksums. */
final class IndexBytes {
  private IndexBytes() {}

  static ByteBuffer allocate(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  static int checksum(ByteBuffer bytes, int from, int to) {
    CRC32C sum = new CRC32C();
    sum.update(bytes.duplicate().clear().position(from).limit(to));
    return (int) sum.getValue();
  }

  /** Appends the checksum of what was put since. */
  static void putChecksum(ByteBuffer buffer, int from) {
    buffer.putInt(checksum(buffer, from, buffer.position()));
  }

  /** Whether the last four bytes are the checksum of those before. */
  static boolean isWhole(ByteBuffer bytes, int from, int to) {
    int sum = to - IndexFormat.CHECKSUM_LENGTH;
    return sum >= from && bytes.getInt(sum) == checksum(bytes, from, sum);
  }
}
