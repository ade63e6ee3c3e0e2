package io.tapdeck.replay;

import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.replay.input.FrameSource;
import java.nio.ByteBuffer;
import java.util.List;

/** Frames that nobody captured, for rehearsals of what can only be read once. */
final class RehearsalFrames implements FrameSource {
  private static final int FRAMES = 10_000;
  private static final int SHORTEST = 60;
  private static final int LENGTHS = 1_400;
  private static final long GAP = 10_000;

  /** A UDP datagram, all zeros but for what says so. */
  private final ByteBuffer frame = ByteBuffer.allocateDirect(SHORTEST + LENGTHS);

  private int number = -1;

  RehearsalFrames() {
    frame.putShort(12, (short) 0x0800);
    frame.put(14, (byte) 0x45);
    frame.put(23, (byte) 17);
  }

  @Override
  public boolean next() {
    number++;
    return number < FRAMES;
  }

  @Override
  public boolean isNextBuffered() {
    return number + 1 < FRAMES;
  }

  @Override
  public void rewind() {
    number = -1;
  }

  @Override
  public ByteBuffer buffer() {
    return frame;
  }

  @Override
  public int offset() {
    return 0;
  }

  @Override
  public int captureLength() {
    return SHORTEST + number % LENGTHS;
  }

  @Override
  public long originalLength() {
    return captureLength();
  }

  @Override
  public long timestampNanos() {
    return number * GAP;
  }

  @Override
  public LinkType linkType() {
    return LinkType.ETHERNET;
  }

  @Override
  public boolean beginsFile() {
    return number == 0;
  }

  @Override
  public long filtered() {
    return 0;
  }

  @Override
  public long position() {
    return 0;
  }

  @Override
  public long totalBytes() {
    return 0;
  }

  @Override
  public List<String> damages() {
    return List.of();
  }

  @Override
  public void close() {
    // It holds nothing.
  }
}
