package io.tapdeck.replay;

import io.tapdeck.capture.pcap.Damage;
import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.PcapReader;
import io.tapdeck.replay.input.FrameSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The records of several capture files, one file after the other. One file is open at a time. */
final class CaptureSequence implements FrameSource {
  private final List<Path> files;
  private final ByteBuffer window;
  private final List<String> damages = new ArrayList<>();

  private @Nullable PcapReader reader;
  private int nextFile;
  private boolean beginsFile;
  private boolean again;

  /**
   * @param window as {@link PcapReader#open(Path, ByteBuffer)} wants it
   */
  CaptureSequence(List<Path> files, ByteBuffer window) {
    this.files = files;
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

  @Override
  public boolean next() throws IOException {
    beginsFile = false;
    while (true) {
      if (reader != null) {
        if (reader.next()) {
          return true;
        }
        endFile(reader);
      }
      if (nextFile == files.size()) {
        return false;
      }
      reader = PcapReader.open(files.get(nextFile), window);
      nextFile++;
      beginsFile = true;
    }
  }

  @Override
  public boolean isNextBuffered() {
    return reader != null && reader.isNextBuffered();
  }

  @Override
  public void rewind() throws IOException {
    close();
    nextFile = 0;
    again = true;
  }

  @Override
  public ByteBuffer buffer() {
    return record().buffer();
  }

  @Override
  public int offset() {
    return record().offset();
  }

  @Override
  public int captureLength() {
    return record().captureLength();
  }

  @Override
  public long originalLength() {
    return record().originalLength();
  }

  @Override
  public long timestampNanos() {
    return record().timestampNanos();
  }

  @Override
  public LinkType linkType() {
    return record().linkType();
  }

  @Override
  public boolean beginsFile() {
    return beginsFile;
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

  private PcapReader record() {
    if (reader == null) {
      throw new IllegalStateException("there is no record");
    }
    return reader;
  }

  @Override
  public List<String> damages() {
    return damages;
  }

  @Override
  public void close() throws IOException {
    if (reader != null) {
      reader.close();
      reader = null;
    }
  }

  private void endFile(PcapReader ended) throws IOException {
    if (!again && ended.damage().isPresent()) {
      Damage damage = ended.damage().get();
      damages.add(
          "%s is damaged at byte %d: %s; its last %d bytes were not played"
              .formatted(ended, damage.offset(), damage.reason(), damage.bytesLeft()));
    }
    close();
  }
}
