package io.tapdeck.capture.segment;

import io.tapdeck.capture.pcap.PcapFormat;
import io.tapdeck.capture.pcap.PcapngFormat;
import io.tapdeck.capture.pcap.PcapngInterface;
import io.tapdeck.capture.pcap.PcapngSection;
import io.tapdeck.capture.pcap.PcapngStatistics;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;

/**
 * A pcapng file of one section, with statistics of each interface, and times in which it could not
 * be seen as comments, at its end.
 */
public final class PcapngLayout implements SegmentLayout {
  /** The most interfaces of one file. */
  public static final int MOST_INTERFACES = 16;

  /** Of one interface: at most so many gaps are told, each in so many characters. */
  private static final int MOST_GAPS = 8;

  private static final int LONGEST_GAP = 200;
  private static final int STATISTICS_LENGTH = 4096;
  private static final int LARGEST_DESCRIPTIONS = 128 << 10;

  private final PcapngSection section;
  private final List<PcapngInterface> interfaces;
  private final int headerLength;

  /**
   * @throws IllegalArgumentException if there are none or too many interfaces, or too much is said
   *     of them
   */
  public PcapngLayout(PcapngSection section, List<PcapngInterface> interfaces) {
    if (interfaces.isEmpty() || interfaces.size() > MOST_INTERFACES) {
      throw new IllegalArgumentException(
          "a file has frames of 1 to " + MOST_INTERFACES + " interfaces");
    }
    this.section = section;
    this.interfaces = List.copyOf(interfaces);
    int length = PcapngFormat.lengthOf(section);
    for (PcapngInterface one : interfaces) {
      length += PcapngFormat.lengthOf(one);
    }
    if (length > LARGEST_DESCRIPTIONS) {
      throw new IllegalArgumentException("the filter is too long for so many interfaces");
    }
    headerLength = length;
  }

  @Override
  public SegmentFormat format() {
    return SegmentFormat.PCAPNG;
  }

  @Override
  public int linkType() {
    return interfaces.getFirst().linkType().number();
  }

  @Override
  public int headerLength() {
    return headerLength;
  }

  @Override
  public void putHeader(ByteBuffer buffer) {
    int at = PcapngFormat.putSectionHeader(buffer, 0, section);
    for (PcapngInterface one : interfaces) {
      at += PcapngFormat.putInterfaceDescription(buffer, at, one);
    }
  }

  @Override
  public int recordLength(int captureLength) {
    return PcapngFormat.packetLength(captureLength);
  }

  @Override
  public int frameOffset() {
    return PcapngFormat.PACKET_HEADER_LENGTH;
  }

  @Override
  public void putRecord(
      ByteBuffer buffer,
      int index,
      int source,
      long timestamp,
      int captureLength,
      int originalLength) {
    PcapngFormat.putPacketHeader(buffer, index, source, timestamp, captureLength, originalLength);
  }

  @Override
  public int footerLength() {
    return interfaces.size() * STATISTICS_LENGTH;
  }

  @Override
  public int putFooter(ByteBuffer buffer, int index, SegmentEnding ending) {
    int at = index;
    for (int i = 0; i < interfaces.size(); i++) {
      at += PcapngFormat.putStatistics(buffer, at, statistics(i, ending));
    }
    return at - index;
  }

  private static PcapngStatistics statistics(int number, SegmentEnding ending) {
    SegmentEnding.Source source = ending.sources().get(number);
    long closed = UtcTime.toNanos(ending.closed());
    return new PcapngStatistics(
        number,
        closed,
        OptionalLong.of(UtcTime.toNanos(ending.opened())),
        OptionalLong.of(closed),
        OptionalLong.of(source.counters().received()),
        OptionalLong.of(source.counters().droppedInterface()),
        OptionalLong.empty(),
        OptionalLong.of(source.counters().droppedKernel()),
        OptionalLong.of(source.packets()),
        source.gaps().stream().limit(MOST_GAPS).map(PcapngLayout::text).toList());
  }

  private static String text(Sidecar.Gap gap) {
    String to = gap.to() == null ? "the end" : UtcTime.format(gap.to());
    String text = "gap from %s to %s: %s".formatted(UtcTime.format(gap.from()), to, gap.reason());
    return text.substring(0, Math.min(text.length(), LONGEST_GAP));
  }

  /** The smallest size of a segment that has room for a frame. */
  public static long smallestSegment(int interfaces, int snaplen) {
    return LARGEST_DESCRIPTIONS
        + (long) interfaces * STATISTICS_LENGTH
        + PcapngFormat.packetLength(Math.min(snaplen, PcapFormat.LARGEST_CAPTURE_LENGTH));
  }
}
