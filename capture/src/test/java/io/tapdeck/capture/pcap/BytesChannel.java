package io.tapdeck.capture.pcap;

import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;

/** A file in memory. */
final class BytesChannel implements SeekableByteChannel {
  private final ByteBuffer bytes;
  private boolean open = true;

  BytesChannel(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes);
  }

  @Override
  public int read(ByteBuffer into) {
    if (!bytes.hasRemaining()) {
      return -1;
    }
    int count = Math.min(into.remaining(), bytes.remaining());
    into.put(bytes.slice(bytes.position(), count));
    bytes.position(bytes.position() + count);
    return count;
  }

  @Override
  public int write(ByteBuffer from) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long position() {
    return bytes.position();
  }

  @Override
  public SeekableByteChannel position(long position) {
    bytes.position(Math.toIntExact(position));
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
