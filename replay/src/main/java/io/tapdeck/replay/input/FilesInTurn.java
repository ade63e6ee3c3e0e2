package io.tapdeck.replay.input;

import io.tapdeck.capture.pcap.PcapReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** File after file. One is open at a time, and one window serves all. */
final class FilesInTurn implements FileFrames {
  private final List<InputFile> files;
  private final ByteBuffer window = ByteBuffer.allocateDirect(PcapReader.WINDOW_LENGTH);
  private final Damages damages = new Damages();
  private final AtomicLong position = new AtomicLong();

  /** Where in each file the first record of interest is; negative before it was sought. */
  private final long[] entries;

  private final TimeRange whole;
  private TimeRange range;
  private @Nullable Lane lane;

  /** Whether the file that is open is done with. */
  private boolean over;

  private int nextFile;
  private long done;

  FilesInTurn(List<InputFile> files, TimeRange range) {
    this.files = files;
    this.whole = range;
    this.range = range;
    this.entries = new long[files.size()];
    Arrays.fill(entries, -1);
  }

  @Override
  public boolean advance(boolean mayRead) throws IOException {
    while (mayRead || (lane != null && !over && lane.isNextBuffered())) {
      if (lane != null && !over) {
        if (lane.next()) {
          position.setRelease(done + lane.position());
          return true;
        }
        passOver();
      }
      if (nextFile == files.size()) {
        return false;
      }
      open(nextFile);
      nextFile++;
    }
    return false;
  }

  private void open(int number) throws IOException {
    InputFile file = files.get(number);
    if (!file.isOutside(range)) {
      Lane opened = new Lane(file, window, damages);
      lane = opened;
      if (opened.open(range.from(), entries[number])) {
        entries[number] = opened.entry();
        return;
      }
      opened.close();
      lane = null;
    }
    finish(file);
  }

  private void finish(InputFile file) {
    done += file.bytes();
    position.setRelease(done);
  }

  @Override
  public void passOver() throws IOException {
    if (lane != null && !over) {
      finish(lane.file());
      if (files.size() == 1 && lane.isRewindable()) {
        // It may be played again, a billion times.
        over = true;
      } else {
        close();
      }
    }
  }

  @Override
  public PcapReader reader() {
    if (lane == null) {
      throw new IllegalStateException("there is no frame");
    }
    return lane.reader();
  }

  @Override
  public int stretch() {
    return nextFile;
  }

  @Override
  public void within(TimeRange narrower) {
    range = narrower;
  }

  @Override
  public void rewind() throws IOException {
    range = whole;
    done = 0;
    position.setRelease(0);
    if (lane != null && files.size() == 1 && lane.isRewindable()) {
      lane.rewind();
      over = false;
      return;
    }
    close();
    nextFile = 0;
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
    if (lane != null) {
      lane.close();
      lane = null;
    }
  }
}
