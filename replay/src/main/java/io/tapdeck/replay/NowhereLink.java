package io.tapdeck.replay;

import io.tapdeck.capture.pcap.PcapFormat;
import io.tapdeck.replay.transmit.FrameLink;
import java.nio.ByteBuffer;

/** Takes every frame, and does nothing with it. */
final class NowhereLink implements FrameLink {
  private static final int SLOTS = 64;

  @Override
  public int slots() {
    return SLOTS;
  }

  @Override
  public int slotLength() {
    return PcapFormat.LARGEST_CAPTURE_LENGTH;
  }

  @Override
  public void put(int slot, ByteBuffer from, int offset, int length) {
    // It is not kept.
  }

  @Override
  public int send(int first, int count) {
    return count;
  }

  @Override
  public void awaitRoom(int millis) {
    // There is always room.
  }

  @Override
  public boolean isRunning() {
    return true;
  }
}
