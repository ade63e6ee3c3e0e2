package io.tapdeck.replay.input;

import io.tapdeck.capture.pcap.PcapReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Files merged by time. One is opened when its first frame's time has come, so as many are open as
 * overlap.
 */
final class MergedFiles implements FileFrames {
  /** Files that may overlap: of each, half a megabyte is in memory. */
  static final int MOST_OPEN = 128;

  /** By their first frame, then as they were named. */
  private final List<InputFile> files;

  private final Damages damages = new Damages();
  private final AtomicLong position = new AtomicLong();
  private final Deque<ByteBuffer> windows = new ArrayDeque<>();

  /** A heap: none is later than the two at twice its index, plus 1 and 2. */
  private final @Nullable Lane[] lanes = new Lane[MOST_OPEN];

  private final long[] entries;
  private final TimeRange whole;
  private TimeRange range;
  private int open;
  private int nextFile;

  /** Whether the frame at the top has been given. */
  private boolean given;

  MergedFiles(List<InputFile> files, TimeRange range) {
    List<InputFile> sorted = new ArrayList<>(files);
    sorted.sort(Comparator.comparingLong(InputFile::first));
    this.files = sorted;
    this.whole = range;
    this.range = range;
    this.entries = new long[files.size()];
    Arrays.fill(entries, -1);
  }

  @Override
  public boolean advance(boolean mayRead) throws IOException {
    if (given && !pass(mayRead)) {
      return false;
    }
    while (nextFile < files.size() && isItsTurn(files.get(nextFile))) {
      if (!mayRead) {
        return false;
      }
      open(files.get(nextFile));
      nextFile++;
    }
    given = open > 0;
    return given;
  }

  private boolean isItsTurn(InputFile file) {
    return open == 0 || file.first() <= top().time();
  }

  /** Moves on the file whose frame was given; false if that would take reading. */
  private boolean pass(boolean mayRead) throws IOException {
    Lane lane = top();
    if (!mayRead && !lane.isNextBuffered()) {
      return false;
    }
    long before = lane.position();
    if (lane.next()) {
      position.setRelease(position.getPlain() + lane.position() - before);
    } else {
      finish(lane, before);
      open--;
      lanes[0] = lanes[open];
      lanes[open] = null;
    }
    given = false;
    if (open > 0) {
      sink();
    }
    return true;
  }

  private void open(InputFile file) throws IOException {
    if (file.isOutside(range)) {
      position.setRelease(position.getPlain() + file.bytes());
      return;
    }
    if (open == MOST_OPEN) {
      throw new IOException(
          "more than %d files overlap where %s begins; merge some of them first, as with mergecap"
              .formatted(MOST_OPEN, file.path()));
    }
    ByteBuffer window =
        windows.isEmpty() ? ByteBuffer.allocateDirect(PcapReader.WINDOW_LENGTH) : windows.pop();
    Lane lane = new Lane(file, window, damages);
    boolean any = false;
    try {
      any = lane.open(range.from(), entries[file.number()]);
      if (any) {
        entries[file.number()] = lane.entry();
        any = lane.next();
      }
    } finally {
      if (!any) {
        finish(lane, 0);
      }
    }
    if (any) {
      position.setRelease(position.getPlain() + lane.position());
      lanes[open] = lane;
      open++;
      rise(open - 1);
    }
  }

  private void finish(Lane lane, long counted) throws IOException {
    position.setRelease(position.getPlain() + lane.file().bytes() - counted);
    windows.push(lane.window());
    lane.close();
  }

  private Lane top() {
    return at(0);
  }

  private Lane at(int index) {
    Lane lane = lanes[index];
    if (lane == null) {
      throw new IllegalStateException("there is no frame");
    }
    return lane;
  }

  private boolean isBefore(Lane lane, Lane other) {
    return lane.time() != other.time()
        ? lane.time() < other.time()
        : lane.file().number() < other.file().number();
  }

  private void sink() {
    int index = 0;
    Lane lane = top();
    while (true) {
      int child = 2 * index + 1;
      if (child >= open) {
        break;
      }
      if (child + 1 < open && isBefore(at(child + 1), at(child))) {
        child++;
      }
      if (!isBefore(at(child), lane)) {
        break;
      }
      lanes[index] = lanes[child];
      index = child;
    }
    lanes[index] = lane;
  }

  private void rise(int from) {
    int index = from;
    Lane lane = at(index);
    while (index > 0 && isBefore(lane, at((index - 1) / 2))) {
      lanes[index] = lanes[(index - 1) / 2];
      index = (index - 1) / 2;
    }
    lanes[index] = lane;
  }

  @Override
  public PcapReader reader() {
    return top().reader();
  }

  @Override
  public int stretch() {
    return 1;
  }

  /** Everything: what comes is later yet. */
  @Override
  public void passOver() throws IOException {
    close();
    nextFile = files.size();
    long all = 0;
    for (InputFile file : files) {
      all += file.bytes();
    }
    position.setRelease(all);
  }

  @Override
  public void within(TimeRange narrower) {
    range = narrower;
  }

  @Override
  public void rewind() throws IOException {
    close();
    range = whole;
    nextFile = 0;
    position.setRelease(0);
  }

  @Override
  public long position() {
    return position.getAcquire();
  }

  @Override
  public List<String> damages() {
    return damages.lines();
  }

  @Override
  public void close() throws IOException {
    given = false;
    while (open > 0) {
      open--;
      Lane lane = at(open);
      lanes[open] = null;
      windows.push(lane.window());
      lane.close();
    }
  }
}
