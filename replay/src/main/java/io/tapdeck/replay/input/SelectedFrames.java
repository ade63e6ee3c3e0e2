package io.tapdeck.replay.input;

import io.tapdeck.capture.pcap.CaptureInterface;
import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.PcapReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The frames of files that are selected. */
final class SelectedFrames implements FrameSource {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /** Frames in memory that are looked at before the answer is that none is at hand. */
  private static final int MOST_LOOKS = 64;

  /** Frames in a row that are later than the range: one may have a wrong time. */
  private static final int LATE_ENOUGH = 64;

  private final FileFrames frames;
  private final Selection selection;
  private final @Nullable FrameFilter filter;
  private final long totalBytes;
  private final long limit;
  private final AtomicLong filtered = new AtomicLong();

  /** As the pass begins; null until the first frame tells when the input starts. */
  private @Nullable TimeRange whole;

  private TimeRange range = TimeRange.ALWAYS;
  private long skipped;
  private long selected;
  private int late;
  private boolean atEnd;

  /** Whether the files are at a frame that is selected, and was not given yet. */
  private boolean found;

  private ByteBuffer buffer = NOTHING;
  private int offset;
  private int captureLength;
  private long originalLength;
  private long timestampNanos;
  private CaptureInterface captureInterface = new CaptureInterface("", LinkType.NULL, 0);
  private boolean beginsFile;
  private int stretch;

  /**
   * @param range what the selection's times are; null if the first frame decides
   */
  SelectedFrames(
      FileFrames frames,
      Selection selection,
      @Nullable TimeRange range,
      @Nullable FrameFilter filter,
      long totalBytes) {
    this.frames = frames;
    this.selection = selection;
    this.filter = filter;
    this.totalBytes = totalBytes;
    this.limit = selection.limit().orElse(Long.MAX_VALUE);
    this.whole = range;
    if (range != null) {
      this.range = range;
    }
  }

  @Override
  public boolean next() throws IOException {
    while (!found) {
      if (atEnd || !frames.advance(true)) {
        atEnd = true;
        return false;
      }
      look();
    }
    found = false;
    take();
    return true;
  }

  @Override
  public boolean isNextBuffered() {
    try {
      for (int looks = 0; !found && !atEnd && looks < MOST_LOOKS; looks++) {
        if (!frames.advance(false)) {
          break;
        }
        look();
      }
    } catch (IOException e) {
      // Without reading there is none; who reads meets it again.
      return false;
    }
    return found;
  }

  /** Decides about the frame that the files are at. */
  private void look() throws IOException {
    PcapReader at = frames.reader();
    long time = at.timestampNanos();
    if (whole == null) {
      whole = TimeRange.of(selection, time);
      range = whole;
    }
    if (!range.contains(time)) {
      pass();
      late = range.isOver(time) ? late + 1 : 0;
      if (late == LATE_ENOUGH) {
        late = 0;
        frames.passOver();
      }
      return;
    }
    late = 0;
    if (filter != null && !filter.accepts(at)) {
      pass();
    } else if (skipped < selection.skip()) {
      skipped++;
      pass();
    } else {
      select(time);
    }
  }

  private void select(long time) {
    found = true;
    selected++;
    atEnd = selected == limit;
    if (selected == 1 && selection.duration().isPresent()) {
      range = range.endingAfter(time, selection.duration().get().toNanos());
      frames.within(range);
    }
  }

  private void pass() {
    filtered.setRelease(filtered.getPlain() + 1);
  }

  private void take() {
    PcapReader at = frames.reader();
    buffer = at.buffer();
    offset = at.offset();
    captureLength = at.captureLength();
    originalLength = at.originalLength();
    timestampNanos = at.timestampNanos();
    captureInterface = at.captureInterface();
    beginsFile = frames.stretch() != stretch;
    stretch = frames.stretch();
  }

  @Override
  public void rewind() throws IOException {
    frames.rewind();
    if (whole != null) {
      range = whole;
    }
    skipped = 0;
    selected = 0;
    late = 0;
    stretch = 0;
    atEnd = false;
    found = false;
    buffer = NOTHING;
  }

  @Override
  public ByteBuffer buffer() {
    return buffer;
  }

  @Override
  public int offset() {
    return offset;
  }

  @Override
  public int captureLength() {
    return captureLength;
  }

  @Override
  public long originalLength() {
    return originalLength;
  }

  @Override
  public long timestampNanos() {
    return timestampNanos;
  }

  @Override
  public LinkType linkType() {
    return captureInterface.linkType();
  }

  @Override
  public CaptureInterface captureInterface() {
    return captureInterface;
  }

  @Override
  public boolean beginsFile() {
    return beginsFile;
  }

  @Override
  public long filtered() {
    return filtered.getAcquire();
  }

  @Override
  public long position() {
    return frames.position();
  }

  @Override
  public long totalBytes() {
    return totalBytes;
  }

  @Override
  public List<String> damages() {
    return frames.damages();
  }

  @Override
  public void close() throws IOException {
    frames.close();
  }
}
