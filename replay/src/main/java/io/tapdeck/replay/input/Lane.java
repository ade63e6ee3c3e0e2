package io.tapdeck.replay.input;

import io.tapdeck.capture.archive.DamagedArchiveException;
import io.tapdeck.capture.pcap.CaptureFormat;
import io.tapdeck.capture.pcap.Damage;
import io.tapdeck.capture.pcap.NotPcapException;
import io.tapdeck.capture.pcap.PcapReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A file that is open, and its window. */
final class Lane implements Closeable {
  private static final long NOT_SOUGHT = -1;

  private final InputFile file;

  private final ByteBuffer window;
  private final Damages damages;
  private @Nullable PcapReader reader;
  private long time;

  /** Where the first record of interest is, once it was sought. */
  private long entry = NOT_SOUGHT;

  Lane(InputFile file, ByteBuffer window, Damages damages) {
    this.file = file;
    this.window = window;
    this.damages = damages;
  }

  /**
   * Opens the file, and goes to where frames of a time, or later ones, can be.
   *
   * @param known a value that {@link #entry} has had for this file; negative to search
   * @return false if there is no file any more, or nothing to be had from it, which is told then
   */
  boolean open(long from, long known) throws IOException {
    try {
      PcapReader opened = PcapReader.open(file.path(), window);
      reader = opened;
      if (known >= 0) {
        opened.moveTo(known);
        entry = known;
      } else {
        entry = from > 0 ? opened.skipBefore(from, file.recorded()) : opened.validLength();
      }
      return true;
    } catch (NotPcapException refused) {
      if (file.recorded() && refused.getCause() instanceof NoSuchFileException) {
        // Retention goes on while segments are played.
        damages.add(file.path() + " was removed before it was played");
        return false;
      }
      throw refused;
    } catch (DamagedArchiveException damaged) {
      damages.add(damaged.getMessage() + "; what was there before was played");
      return false;
    }
  }

  /** Moves to the next frame; false at the end, which is told if it is none. */
  boolean next() throws IOException {
    PcapReader from = reader();
    try {
      if (from.next()) {
        time = from.timestampNanos();
        return true;
      }
    } catch (DamagedArchiveException damaged) {
      damages.add(damaged.getMessage() + "; what was there before was played");
      return false;
    }
    Optional<Damage> damage = from.damage();
    if (damage.isPresent()) {
      damages.add(
          "%s is damaged at byte %d: %s; its last %d bytes were not played"
              .formatted(
                  from, damage.get().offset(), damage.get().reason(), damage.get().bytesLeft()));
    }
    return false;
  }

  boolean isNextBuffered() {
    return reader != null && reader.isNextBuffered();
  }

  /** Whether nothing but packets can be on the way back: a pcapng file may describe more. */
  boolean isRewindable() {
    return reader().format() == CaptureFormat.PCAP;
  }

  /** Back to the first record of interest, without opening the file again. */
  void rewind() throws IOException {
    reader().moveTo(entry);
  }

  PcapReader reader() {
    if (reader == null) {
      throw new IllegalStateException("there is no frame");
    }
    return reader;
  }

  /** The time of the frame. */
  long time() {
    return time;
  }

  InputFile file() {
    return file;
  }

  /** Where the first record of interest is. */
  long entry() {
    return entry;
  }

  /** To be used for the next file. */
  ByteBuffer window() {
    return window;
  }

  /** Bytes that are done with, as stored, no more than the file was said to have. */
  long position() {
    return reader == null ? 0 : Math.min(file.bytes(), reader.storedPosition());
  }

  @Override
  public void close() throws IOException {
    if (reader != null) {
      reader.close();
      reader = null;
    }
  }
}
