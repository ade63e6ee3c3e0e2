package io.tapdeck.replay.input;

import io.tapdeck.capture.archive.DamagedArchiveException;
import io.tapdeck.capture.pcap.Damage;
import io.tapdeck.capture.pcap.PcapReader;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** What comes out of a pipe: once, in whatever length. */
final class PipeFrames implements FileFrames {
  private final PcapReader reader;
  private final Damages damages = new Damages();
  private boolean over;
  private boolean begun;

  PipeFrames(PcapReader reader) {
    this.reader = reader;
  }

  @Override
  public boolean advance(boolean mayRead) throws IOException {
    if (over || !(mayRead || reader.isNextBuffered())) {
      return false;
    }
    begun = true;
    try {
      if (reader.next()) {
        return true;
      }
    } catch (DamagedArchiveException damaged) {
      damages.add(damaged.getMessage() + "; what was there before was played");
    }
    over = true;
    Optional<Damage> damage = reader.damage();
    damage.ifPresent(found ->
        damages.add(
            "%s is damaged at byte %d: %s; the rest was not played"
                .formatted(reader, found.offset(), found.reason())));
    return false;
  }

  @Override
  public PcapReader reader() {
    return reader;
  }

  @Override
  public int stretch() {
    return 1;
  }

  @Override
  public void passOver() {
    over = true;
  }

  @Override
  public void within(TimeRange range) {
    // All of it comes anyway.
  }

  @Override
  public void rewind() throws IOException {
    if (begun) {
      throw new IOException(reader + " is a pipe, and can be played once; --preload keeps it");
    }
  }

  @Override
  public long position() {
    return reader.storedPosition();
  }

  @Override
  public List<String> damages() {
    return damages.lines();
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
