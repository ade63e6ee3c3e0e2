package io.tapdeck.capture.recording;

import io.tapdeck.capture.netif.DropCounters;
import io.tapdeck.capture.os.NativeBuffer;
import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.segment.Sidecar.Gap;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** An interface that gives the frames that a test has put there. */
final class ScriptedSource implements FrameSource {
  /** A frame: its bytes are its number, again and again. */
  record Frame(int number, long timestamp, int length) {}

  private final String name;
  private final Deque<Frame> frames = new ArrayDeque<>();
  private Frame current = new Frame(0, 0, 0);
  private long received;
  private boolean ended;
  private long nanosUntilWork;

  ScriptedSource(String name) {
    this.name = name;
  }

  /** From now on wants nothing but to give frames. */
  void rest() {
    nanosUntilWork = Long.MAX_VALUE;
  }

  void put(Frame frame) {
    frames.add(frame);
    received++;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int descriptor() {
    return -1;
  }

  @Override
  public LinkType linkType() {
    return LinkType.ETHERNET;
  }

  @Override
  public boolean next() {
    Frame next = frames.poll();
    if (next == null) {
      return false;
    }
    current = next;
    return true;
  }

  @Override
  public long timestamp() {
    return current.timestamp();
  }

  @Override
  public int captureLength() {
    return current.length();
  }

  @Override
  public int originalLength() {
    return current.length();
  }

  @Override
  public void copyFrame(NativeBuffer target, int offset) {
    for (int i = 0; i < current.length(); i++) {
      target.bytes().put(offset + i, (byte) current.number());
    }
  }

  @Override
  public void work() {}

  @Override
  public long nanosUntilWork() {
    return nanosUntilWork;
  }

  @Override
  public void check() {}

  @Override
  public boolean isBegun() {
    return true;
  }

  @Override
  public void end() {
    ended = true;
  }

  @Override
  public void cut() {
    ended = true;
  }

  @Override
  public boolean isEnded() {
    return ended && frames.isEmpty();
  }

  @Override
  public Optional<String> absence() {
    return Optional.empty();
  }

  @Override
  public List<Gap> gaps() {
    return List.of();
  }

  @Override
  public long received() {
    return received;
  }

  @Override
  public long dropped() {
    return 0;
  }

  @Override
  public DropCounters droppedInterface() {
    return DropCounters.ZERO;
  }

  @Override
  public long ringBytes() {
    return 0;
  }

  @Override
  public void close() {}
}
