package io.tapdeck.capture.pcap;

import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;

/** A file in memory. */
final class BytesChannel implements SeekableByteChannel {
  private final ByteBuffer bytes;
  private long position;
  private int reads;
  private boolean open = true;

  BytesChannel(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes);
  }

  @Override
  public int read(ByteBuffer into) {
    reads++;
    if (position >= bytes.capacity()) {
      return -1;
    }
    int count = (int) Math.min(into.remaining(), bytes.capacity() - position);
    into.put(bytes.slice((int) position, count));
    position += count;
    return count;
  }

  /** How often somebody has read. */
  int reads() {
    return reads;
  }

  @Override
  public int write(ByteBuffer from) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public SeekableByteChannel position(long position) {
    this.position = position;
    return this;
  }

  @Override
  public long size() {
    return bytes.capacity();
  }

  @Override
  public SeekableByteChannel truncate(long size) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() {
    open = false;
  }
}
