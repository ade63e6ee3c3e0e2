package io.tapdeck.replay.input;

import io.tapdeck.capture.os.SystemMemory;
import io.tapdeck.capture.pcap.CaptureInterface;
import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.PcapReader;
import io.tapdeck.capture.segment.SegmentForm;
import io.tapdeck.capture.segment.Sidecar;
import io.tapdeck.capture.segment.UtcTime;
import java.io.Closeable;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Captures that have been looked at, and can be played: {@link #check} refuses what cannot, {@link
 * #open} gives the frames.
 *
 * <p>Of each file only the header and, where a time is needed, the first frame is read; of a
 * recording's segment only its sidecar. Files of any size take the same time and memory, unless all
 * is to be in memory beforehand.
 *
 * <p>Times are found without reading what is before ({@link PcapReader#skipBefore}), which counts
 * on no frame of a file being more than a second older than any before it. Files that can only be
 * read from the front are: those that are compressed otherwise than the recorder does, and pcapng
 * files that it has not written. The frames passed over are not counted as filtered.
 */
public final class CaptureInput implements Closeable {
  /** Of the memory that can be had, others are left one part in so many. */
  private static final long LEFT_TO_OTHERS = 4;

  private final InputSettings settings;
  private final ByteBuffer window = ByteBuffer.allocateDirect(PcapReader.WINDOW_LENGTH);
  private final List<InputFile> files = new ArrayList<>();
  private final Set<LinkType> linkTypes = new LinkedHashSet<>();
  private long totalBytes;
  private @Nullable PcapReader pipe;
  private @Nullable FrameFilter filter;
  private @Nullable TimeRange range;
  private PreloadedFrames.@Nullable Frames preloaded;

  private CaptureInput(InputSettings settings) {
    this.settings = settings;
  }

  /**
   * Looks at all that is named. Waits for the header if it comes out of a pipe; loads everything if
   * that is asked for.
   *
   * @throws InputRefusedException if something cannot be played: it is not there, no capture, may
   *     not be read, the filter is none, or there is not enough memory for all
   */
  public static CaptureInput check(InputSettings settings) {
    CaptureInput input = new CaptureInput(settings);
    boolean good = false;
    try {
      input.look();
      good = true;
      return input;
    } catch (IOException e) {
      throw new InputRefusedException(message(e), e);
    } finally {
      if (!good) {
        input.closeQuietly();
      }
    }
  }

  private static String message(IOException e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  private void look() throws IOException {
    for (String name : settings.names()) {
      if (name.equals(InputSettings.STANDARD_INPUT)) {
        openPipe(new FileInputStream(FileDescriptor.in).getChannel(), "standard input");
      } else {
        add(name, Path.of(name));
      }
    }
    Selection selection = settings.selection();
    if (!selection.filter().isEmpty()) {
      filter = FrameFilter.compile(selection.filter(), linkTypes);
    }
    if (pipe == null) {
      range = TimeRange.of(selection, start());
    }
    if (settings.preload()) {
      preloaded = load();
    }
  }

  private void add(String name, Path path) throws IOException {
    if (Files.isDirectory(path)) {
      addSegments(path);
    } else if (Files.exists(path) && !Files.isRegularFile(path)) {
      try {
        openPipe(FileChannel.open(path, StandardOpenOption.READ), name);
      } catch (AccessDeniedException e) {
        throw new InputRefusedException(
            path + " may not be read by this user; change its permissions", e);
      }
    } else {
      addFile(path);
    }
  }

  private void addSegments(Path directory) throws IOException {
    int before = files.size();
    for (SegmentForm form : listed(directory)) {
      Optional<Path> file = form.file();
      if (file.isPresent()) {
        add(file.get(), form);
      }
    }
    if (files.size() == before) {
      throw new InputRefusedException(
          directory + " holds no complete segment of a recording; name the files in it");
    }
  }

  private static List<SegmentForm> listed(Path directory) throws IOException {
    try {
      return SegmentForm.in(directory);
    } catch (AccessDeniedException e) {
      throw new InputRefusedException(
          directory + " may not be read by this user; change its permissions", e);
    }
  }

  private void addFile(Path path) throws IOException {
    SegmentForm form = SegmentForm.of(path);
    add(Files.exists(path) ? path : form.file().orElse(path), form);
  }

  private void add(Path path, SegmentForm form) throws IOException {
    requireNoPipe();
    long bytes = Files.exists(path) ? Files.size(path) : 0;
    Optional<Sidecar> sidecar = form.sidecar().filter(read -> isOf(read, path, bytes));
    InputFile file =
        sidecar.isPresent() && Files.isReadable(path)
            ? ofSidecar(path, bytes, sidecar.get())
            : ofHeader(path, bytes);
    files.add(file);
    totalBytes += bytes;
  }

  /** Whether a sidecar is of this very file, and was written with it. */
  private static boolean isOf(Sidecar sidecar, Path path, long bytes) {
    return sidecar.origin() != null
        && sidecar.storedBytes() == bytes
        && String.valueOf(path.getFileName()).equals(sidecar.storedFile());
  }

  private InputFile ofSidecar(Path path, long bytes, Sidecar sidecar) {
    linkTypes.add(new LinkType(sidecar.linkType()));
    return new InputFile(
        files.size(), path, bytes, true, nanos(sidecar.first()), nanos(sidecar.last()));
  }

  private static long nanos(@Nullable Instant time) {
    return time == null ? InputFile.UNKNOWN : UtcTime.toNanos(time);
  }

  private InputFile ofHeader(Path path, long bytes) {
    try (PcapReader reader = PcapReader.open(path, window)) {
      addLinkTypes(reader);
      long first = reader.next() ? reader.timestampNanos() : InputFile.UNKNOWN;
      return new InputFile(files.size(), path, bytes, false, first, InputFile.UNKNOWN);
    } catch (IOException e) {
      String message = message(e);
      throw new InputRefusedException(
          message.contains(path.toString()) ? message : "cannot read " + path + ": " + message, e);
    }
  }

  private void openPipe(FileChannel channel, String name) throws IOException {
    if (pipe != null || !files.isEmpty()) {
      channel.close();
    }
    requireNoPipe();
    if (!files.isEmpty()) {
      throw onlyPipe();
    }
    PcapReader opened = PcapReader.openPipe(channel, name, window);
    pipe = opened;
    addLinkTypes(opened);
  }

  private void requireNoPipe() {
    if (pipe != null) {
      throw onlyPipe();
    }
  }

  private static InputRefusedException onlyPipe() {
    return new InputRefusedException("a pipe is played alone; name it without other files");
  }

  private void addLinkTypes(PcapReader reader) {
    List<CaptureInterface> interfaces = reader.interfaces();
    if (interfaces.isEmpty()) {
      linkTypes.add(LinkType.ETHERNET);
    }
    interfaces.forEach(described -> linkTypes.add(described.linkType()));
  }

  /** The time of the first frame that would be played if all were; 0 if there is none. */
  private long start() {
    var times = files.stream().filter(file -> file.first() != InputFile.UNKNOWN);
    Optional<InputFile> first =
        switch (settings.order()) {
          case GIVEN -> times.findFirst();
          case TIME -> times.min(Comparator.comparingLong(InputFile::first));
        };
    return first.map(InputFile::first).orElse(0L);
  }

  private PreloadedFrames.Frames load() throws IOException {
    long available = SystemMemory.available() / LEFT_TO_OTHERS * (LEFT_TO_OTHERS - 1);
    try (FrameSource selected = select()) {
      return PreloadedFrames.load(selected, available);
    }
  }

  private FrameSource select() {
    return new SelectedFrames(
        all(), settings.selection(), range, filter, pipe == null ? totalBytes : 0);
  }

  private FileFrames all() {
    if (pipe != null) {
      return new PipeFrames(pipe);
    }
    TimeRange times = range == null ? TimeRange.ALWAYS : range;
    return switch (settings.order()) {
      case GIVEN -> new FilesInTurn(files, times);
      case TIME -> new MergedFiles(files, times);
    };
  }

  /**
   * The frames, from the first. One may be open at a time; of a pipe that was not preloaded, one at
   * all.
   */
  public FrameSource open() {
    return preloaded == null ? select() : preloaded.open();
  }

  /** Whether the frames can be had more than once, by rewinding or opening again. */
  public boolean isRepeatable() {
    return pipe == null || preloaded != null;
  }

  /** What the files say that their frames begin with, as far as is known. */
  public Set<LinkType> linkTypes() {
    return Set.copyOf(linkTypes);
  }

  @Override
  public void close() throws IOException {
    if (pipe != null) {
      pipe.close();
    }
  }

  private void closeQuietly() {
    try {
      close();
    } catch (IOException e) {
      // What is refused is more than that.
    }
  }
}
