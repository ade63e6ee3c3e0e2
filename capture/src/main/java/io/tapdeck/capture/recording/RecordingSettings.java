package io.tapdeck.capture.recording;

import com.sun.management.OperatingSystemMXBean;
import io.tapdeck.capture.os.NetworkNamespace;
import io.tapdeck.capture.os.SystemMemory;
import io.tapdeck.capture.pcap.PcapFormat;
import io.tapdeck.capture.pcap.TimestampPrecision;
import io.tapdeck.capture.segment.ArchiveSettings;
import io.tapdeck.capture.segment.BlockPool;
import io.tapdeck.capture.segment.DirectIo;
import io.tapdeck.capture.segment.PcapngLayout;
import io.tapdeck.capture.segment.RetentionLimits;
import io.tapdeck.capture.segment.SegmentFormat;
import io.tapdeck.capture.unit.DataSize;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What is to be recorded, and how. Made by {@link #builder}.
 *
 * @param recording the recording's id
 * @param interfaceNames the interfaces, at least one, none twice
 * @param namespace the network namespace the interface is in; empty for the calling thread's
 * @param directory where the segments go; must exist
 * @param filter a pcap-filter(7) expression, empty for every frame
 * @param direction which frames
 * @param snaplen bytes kept of each frame, 1 to {@link PcapFormat#LARGEST_CAPTURE_LENGTH}
 * @param rotateSize bytes of a segment at most, room for one frame of snaplen at least
 * @param rotateEvery clock-aligned length of a segment, a millisecond or more; empty if time does
 *     not matter
 * @param rotatePackets frames of a segment at most, 1 or more; empty if their number does not
 *     matter
 * @param stopAfter what ends the recording, whichever comes first
 * @param keep how much of the directory's segments is kept, of this recording and earlier ones; no
 *     fewer bytes than one segment has
 * @param buffer the kernel's ring of each interface, 1 MiB to 2 GiB less a byte
 * @param writeBuffer memory for what was read and waits for the disk, 8 MiB to 16 GiB; taken from
 *     the beginning while the machine has {@linkplain SystemMemory#isAmple ample} memory
 * @param format of the segments; several interfaces take pcapng
 * @param precision of a pcap file's time stamps; a pcapng file's are always nanoseconds
 * @param withoutOffloads whether offloads that merge or hold together frames are turned off for the
 *     time of the recording
 * @param archive what is done to segments once they are complete
 * @param directIo whether segments are written past the page cache
 */
public record RecordingSettings(
    UUID recording,
    List<String> interfaceNames,
    Optional<NetworkNamespace> namespace,
    Path directory,
    String filter,
    Direction direction,
    int snaplen,
    DataSize rotateSize,
    Optional<Duration> rotateEvery,
    Optional<Long> rotatePackets,
    List<StopLimit> stopAfter,
    RetentionLimits keep,
    DataSize buffer,
    DataSize writeBuffer,
    SegmentFormat format,
    TimestampPrecision precision,
    boolean withoutOffloads,
    ArchiveSettings archive,
    DirectIo directIo) {
  /** libpcap's default, and the largest there is. */
  public static final int DEFAULT_SNAPLEN = PcapFormat.LARGEST_CAPTURE_LENGTH;

  /** See {@link #rotateSize}. */
  public static final DataSize DEFAULT_ROTATE_SIZE = DataSize.ofMebibytes(1024);

  /** 54 ms at 10 Gbit/s; libpcap's own 2 MiB are 1.7 ms. */
  public static final DataSize DEFAULT_BUFFER = DataSize.ofMebibytes(64);

  /** Holds what comes at 6 Gbit/s while a shared disk stalls for 0.7 s. */
  private static final DataSize MOST_USUAL_WRITE_BUFFER = DataSize.ofMebibytes(512);

  private static final int USUAL_WRITE_BUFFER_PART = 16;

  private static final DataSize SMALLEST_BUFFER = DataSize.ofMebibytes(1);
  private static final DataSize LARGEST_WRITE_BUFFER = DataSize.ofMebibytes(16 << 10);
  private static final Duration SHORTEST_ROTATION = Duration.ofMillis(1);

  /**
   * @throws IllegalArgumentException if a value is out of bounds; the message is for people
   */
  public RecordingSettings {
    directory = directory.toAbsolutePath().normalize();
    interfaceNames = List.copyOf(interfaceNames);
    stopAfter = List.copyOf(stopAfter);
    if (interfaceNames.isEmpty()) {
      throw new IllegalArgumentException("name an interface to record");
    }
    if (new HashSet<>(interfaceNames).size() != interfaceNames.size()) {
      throw new IllegalArgumentException("name each interface once");
    }
    if (rotatePackets.isPresent() && rotatePackets.get() < 1) {
      throw new IllegalArgumentException("a segment has a packet or more");
    }
    if (snaplen < 1 || snaplen > PcapFormat.LARGEST_CAPTURE_LENGTH) {
      throw new IllegalArgumentException(
          "a snaplen is between 1 and "
              + PcapFormat.LARGEST_CAPTURE_LENGTH
              + " bytes, not "
              + snaplen);
    }
    if (format == SegmentFormat.PCAP && interfaceNames.size() > 1) {
      throw new IllegalArgumentException(
          "a pcap file has frames of one interface: record several with --format pcapng");
    }
    if (format == SegmentFormat.PCAPNG && precision != TimestampPrecision.NANOSECONDS) {
      throw new IllegalArgumentException("a pcapng file's time stamps are in nanoseconds");
    }
    if (interfaceNames.size() > PcapngLayout.MOST_INTERFACES) {
      throw new IllegalArgumentException(
          "a recording has at most " + PcapngLayout.MOST_INTERFACES + " interfaces");
    }
    long smallest =
        format == SegmentFormat.PCAP
            ? PcapFormat.FILE_HEADER_LENGTH + PcapFormat.RECORD_HEADER_LENGTH + (long) snaplen
            : PcapngLayout.smallestSegment(interfaceNames.size(), snaplen);
    if (rotateSize.bytes() < smallest) {
      throw new IllegalArgumentException(
          "segments of "
              + rotateSize
              + " have no room for a frame of "
              + snaplen
              + " bytes: rotate at "
              + smallest
              + " bytes or more, or lower the snaplen");
    }
    if (keep.bytes().isPresent() && keep.bytes().get().compareTo(rotateSize) < 0) {
      throw new IllegalArgumentException(
          "keeping %s has no room for a segment of %s: keep more, or rotate at a smaller size"
              .formatted(keep.bytes().get(), rotateSize));
    }
    if (rotateEvery.isPresent() && rotateEvery.get().compareTo(SHORTEST_ROTATION) < 0) {
      throw new IllegalArgumentException("segments last a millisecond or longer");
    }
    checkBuffers(buffer, writeBuffer);
  }

  /**
   * Looks whether a recording can have such buffers.
   *
   * @param buffer the kernel's
   * @param writeBuffer for what waits for the disk
   * @throws IllegalArgumentException if one is out of bounds; the message is for people
   */
  public static void checkBuffers(DataSize buffer, DataSize writeBuffer) {
    if (buffer.compareTo(SMALLEST_BUFFER) < 0 || buffer.bytes() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "the kernel's buffer has between 1MiB and 2GiB less a byte, not " + buffer);
    }
    if (writeBuffer.bytes() < BlockPool.SMALLEST
        || writeBuffer.compareTo(LARGEST_WRITE_BUFFER) > 0) {
      throw new IllegalArgumentException(
          "the write buffer has between %s and %s, not %s"
              .formatted(new DataSize(BlockPool.SMALLEST), LARGEST_WRITE_BUFFER, writeBuffer));
    }
  }

  /** A 16th of the memory that this process may have, and 512 MiB at most. */
  public static DataSize usualWriteBuffer() {
    if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
      long part = system.getTotalMemorySize() / USUAL_WRITE_BUFFER_PART;
      return new DataSize(Math.clamp(part, BlockPool.SMALLEST, MOST_USUAL_WRITE_BUFFER.bytes()));
    }
    return MOST_USUAL_WRITE_BUFFER;
  }

  /** Settings with every default, for an interface and a directory. */
  public static Builder builder(String interfaceName, Path directory) {
    return new Builder(interfaceName, directory);
  }

  /** Collects settings. */
  public static final class Builder {
    private final Path directory;
    private List<String> interfaceNames;
    private UUID recording = UUID.randomUUID();
    private Optional<NetworkNamespace> namespace = Optional.empty();
    private String filter = "";
    private Direction direction = Direction.AUTO;
    private int snaplen = DEFAULT_SNAPLEN;
    private DataSize rotateSize = DEFAULT_ROTATE_SIZE;
    private Optional<Duration> rotateEvery = Optional.empty();
    private Optional<Long> rotatePackets = Optional.empty();
    private List<StopLimit> stopAfter = List.of();
    private RetentionLimits keep = RetentionLimits.NONE;
    private DataSize buffer = DEFAULT_BUFFER;
    private DataSize writeBuffer = usualWriteBuffer();
    private SegmentFormat format = SegmentFormat.PCAP;
    private TimestampPrecision precision = TimestampPrecision.NANOSECONDS;
    private boolean withoutOffloads;
    private ArchiveSettings archive = ArchiveSettings.USUAL;
    private DirectIo directIo = DirectIo.AUTO;

    private Builder(String interfaceName, Path directory) {
      this.interfaceNames = List.of(interfaceName);
      this.directory = directory;
    }

    public Builder recording(UUID id) {
      recording = id;
      return this;
    }

    public Builder namespace(NetworkNamespace named) {
      namespace = Optional.of(named);
      return this;
    }

    public Builder filter(String expression) {
      filter = expression;
      return this;
    }

    public Builder direction(Direction which) {
      direction = which;
      return this;
    }

    public Builder snaplen(int bytes) {
      snaplen = bytes;
      return this;
    }

    public Builder rotateSize(DataSize size) {
      rotateSize = size;
      return this;
    }

    public Builder rotateEvery(Duration interval) {
      rotateEvery = Optional.of(interval);
      return this;
    }

    public Builder rotatePackets(long packets) {
      rotatePackets = Optional.of(packets);
      return this;
    }

    public Builder stopAfter(List<StopLimit> limits) {
      stopAfter = limits;
      return this;
    }

    public Builder keep(RetentionLimits limits) {
      keep = limits;
      return this;
    }

    public Builder buffer(DataSize size) {
      buffer = size;
      return this;
    }

    public Builder writeBuffer(DataSize size) {
      writeBuffer = size;
      return this;
    }

    public Builder format(SegmentFormat which) {
      format = which;
      return this;
    }

    public Builder precision(TimestampPrecision which) {
      precision = which;
      return this;
    }

    /** Turns distorting offloads off for the time of the recording. */
    public Builder withoutOffloads(boolean off) {
      withoutOffloads = off;
      return this;
    }

    public Builder archive(ArchiveSettings settings) {
      archive = settings;
      return this;
    }

    public Builder directIo(DirectIo whether) {
      directIo = whether;
      return this;
    }

    /** All interfaces, in place of the one. */
    public Builder interfaces(List<String> names) {
      interfaceNames = names;
      return this;
    }

    /**
     * The settings.
     *
     * @throws IllegalArgumentException if a value is out of bounds; the message is for people
     */
    public RecordingSettings build() {
      return new RecordingSettings(
          recording,
          interfaceNames,
          namespace,
          directory,
          filter,
          direction,
          snaplen,
          rotateSize,
          rotateEvery,
          rotatePackets,
          stopAfter,
          keep,
          buffer,
          writeBuffer,
          format,
          precision,
          withoutOffloads,
          archive,
          directIo);
    }
  }
}
