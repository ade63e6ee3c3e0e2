package io.tapdeck.replay;

import io.tapdeck.capture.pcap.Damage;
import io.tapdeck.capture.pcap.PcapReader;
import io.tapdeck.replay.pace.Schedule;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The records of several capture files, one file after the other, as often as asked. One file is
 * open at a time, and one window serves all.
 */
final class CaptureSequence implements Closeable {
  private final List<Path> files;
  private final long loops;
  private final Schedule schedule;
  private final ByteBuffer window;
  private final List<String> damages = new ArrayList<>();

  private @Nullable PcapReader reader;
  private int nextFile;
  private long loopsBegun = 1;
  private boolean emptySoFar = true;

  /**
   * @param schedule is told where files and loops begin
   * @param window as {@link PcapReader#open(Path, ByteBuffer)} wants it
   */
  CaptureSequence(List<Path> files, long loops, Schedule schedule, ByteBuffer window) {
    this.files = files;
    this.loops = loops;
    this.schedule = schedule;
    this.window = window;
  }

  /**
   * Opens each file once and reads its header.
   *
   * @throws ReplayRefusedException if one is not a pcap file, or cannot be read
   */
  static void check(List<Path> files, ByteBuffer window) {
    for (Path file : files) {
      try {
        PcapReader.open(file, window).close();
      } catch (IOException e) {
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        throw new ReplayRefusedException(
            message.contains(file.toString()) ? message : "cannot read " + file + ": " + message,
            e);
      }
    }
  }

  /**
   * Moves to the next record, of whatever file.
   *
   * @return false after the last
   * @throws IOException if a file cannot be read any more
   */
  boolean next() throws IOException {
    while (true) {
      if (reader != null) {
        if (reader.next()) {
          emptySoFar = false;
          return true;
        }
        endFile(reader);
      }
      if (nextFile == files.size() && !beginLoop()) {
        return false;
      }
      reader = PcapReader.open(files.get(nextFile), window);
      nextFile++;
      schedule.beginFile();
    }
  }

  /** Whether {@link #next()} would move without reading from a file or opening one. */
  boolean isNextBuffered() {
    return reader != null && reader.isNextBuffered();
  }

  /** Stands at the record that {@link #next()} moved to. */
  PcapReader record() {
    if (reader == null) {
      throw new IllegalStateException("there is no record");
    }
    return reader;
  }

  /** The files whose end is missing or makes no sense, a line each, each once. */
  List<String> damages() {
    return damages;
  }

  @Override
  public void close() throws IOException {
    if (reader != null) {
      reader.close();
      reader = null;
    }
  }

  /** Begins again with the first file, unless there is no need to. */
  private boolean beginLoop() {
    // Files without packets would be opened for nothing, a billion times if asked.
    if (loopsBegun == loops || emptySoFar) {
      return false;
    }
    loopsBegun++;
    nextFile = 0;
    schedule.beginLoop();
    return true;
  }

  private void endFile(PcapReader ended) throws IOException {
    if (loopsBegun == 1 && ended.damage().isPresent()) {
      Damage damage = ended.damage().get();
      damages.add(
          "%s is damaged at byte %d: %s; its last %d bytes were not played"
              .formatted(ended, damage.offset(), damage.reason(), damage.bytesLeft()));
    }
    close();
  }
}
