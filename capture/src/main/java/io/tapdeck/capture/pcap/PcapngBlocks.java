package io.tapdeck.capture.pcap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the packets among the blocks of a pcapng file ({@link PcapngFormat}). Keeps of the other
 * blocks what the interfaces of the current section are, and steps over the rest of any size. A
 * block that does not end as it begins, or says what cannot be, is where the file is damaged.
 */
final class PcapngBlocks implements PacketCursor {
  /** Enough for any file that somebody means to read; bounds the memory that one can take. */
  static final int MOST_INTERFACES = 16_384;

  /** Bytes that are kept of each text about an interface. */
  static final int LARGEST_NAME_LENGTH = 255;

  /** The kind of filter that is a text. */
  private static final int BPF_EXPRESSION = 0;

  private static final int SECTION_LENGTH =
      PcapngFormat.SECTION_OPTIONS_OFFSET + PcapngFormat.TRAILER_LENGTH;
  private static final int DESCRIPTION_LENGTH =
      PcapngFormat.INTERFACE_OPTIONS_OFFSET + PcapngFormat.TRAILER_LENGTH;
  private static final int PACKET_LENGTH =
      PcapngFormat.PACKET_HEADER_LENGTH + PcapngFormat.TRAILER_LENGTH;
  private static final int SIMPLE_PACKET_LENGTH =
      PcapngFormat.SIMPLE_PACKET_HEADER_LENGTH + PcapngFormat.TRAILER_LENGTH;

  /** Written by some, and the same as 0. */
  private static final int VERSION_MINOR_TOO = 2;

  private static final int CONTINUES_CHARACTER = 0x80;
  private static final int KIND_OF_BYTE = 0xC0;

  private final FileWindow window;
  private final ByteBuffer bytes;
  private final int largestCaptureLength;

  /** The interfaces of the section, by id. */
  private final List<Described> interfaces = new ArrayList<>();

  private Described current = Described.UNKNOWN;
  private int interfaceId;

  /** The last time there was; a simple packet has none, so it may be of another interface. */
  private long ticks;

  private TimestampScale scale = Described.UNKNOWN.scale();
  private boolean timed;
  private int captureLength;
  private long originalLength;
  private int frameIndex;
  private long blockOffset;

  private record Described(CaptureInterface captureInterface, TimestampScale scale) {
    static final Described UNKNOWN =
        new Described(
            CaptureInterface.UNKNOWN,
            new TimestampScale((byte) PcapngFormat.RESOLUTION_MICROSECONDS, 0));
  }

  /**
   * Reads the header of the first section, and the descriptions of interfaces right behind it.
   *
   * @param window at the beginning of the file
   * @param name of the file, for messages
   */
  PcapngBlocks(FileWindow window, String name) throws IOException {
    this.window = window;
    this.bytes = window.bytes();
    this.largestCaptureLength =
        Math.min(PcapFormat.LARGEST_CAPTURE_LENGTH, window.capacity() - PACKET_LENGTH);
    if (!window.has(PcapngFormat.SMALLEST_BLOCK_LENGTH)) {
      throw new NotPcapException(name + " is a pcapng file whose header is cut short: no packets");
    }
    if (!beginSection()) {
      throw new NotPcapException(
          "%s is a pcapng file that cannot be read: %s; name another file"
              .formatted(name, window.damage().map(Damage::reason).orElse("it is empty")));
    }
    while (window.has(PcapngFormat.SMALLEST_BLOCK_LENGTH)
        && blockType() == PcapngFormat.INTERFACE_DESCRIPTION
        && describeInterface()) {
      // There may be more.
    }
    if (!interfaces.isEmpty()) {
      current = interfaces.getFirst();
    }
  }

  @Override
  public boolean next() throws IOException {
    while (window.has(PcapngFormat.SMALLEST_BLOCK_LENGTH)) {
      int type = blockType();
      switch (type) {
        case PcapngFormat.ENHANCED_PACKET, PcapngFormat.PACKET -> {
          return packet(type);
        }
        case PcapngFormat.SIMPLE_PACKET -> {
          return simplePacket();
        }
        default -> {
          if (!pass(type)) {
            return false;
          }
        }
      }
    }
    if (!window.ended()) {
      window.damaged("the header of the last block is cut short");
    }
    return false;
  }

  /** Takes from a block that holds no packet what there is to know, and steps over it. */
  private boolean pass(int type) throws IOException {
    return switch (type) {
      case PcapngFormat.SECTION_HEADER -> beginSection();
      case PcapngFormat.INTERFACE_DESCRIPTION -> describeInterface();
      default -> {
        long length = blockLength();
        boolean whole = isWhole(length, PcapngFormat.SMALLEST_BLOCK_LENGTH);
        if (whole) {
          window.advance(length);
        }
        yield whole;
      }
    };
  }

  private boolean packet(int type) throws IOException {
    long length = blockLength();
    if (!isWhole(length, PACKET_LENGTH) || !isThere(PcapngFormat.PACKET_HEADER_LENGTH)) {
      return false;
    }
    int block = window.index();
    int captured = bytes.getInt(block + PcapngFormat.CAPTURE_LENGTH_OFFSET);
    int id =
        type == PcapngFormat.ENHANCED_PACKET
            ? bytes.getInt(block + PcapngFormat.INTERFACE_ID_OFFSET)
            : Short.toUnsignedInt(bytes.getShort(block + PcapngFormat.INTERFACE_ID_OFFSET));
    if (!isDescribed(id)
        || !isPossible(captured, length - PACKET_LENGTH)
        || !isThere(PcapngFormat.PACKET_HEADER_LENGTH + captured)) {
      return false;
    }
    // The bytes may have been moved.
    block = window.index();
    long high = bytes.getInt(block + PcapngFormat.TIME_HIGH_OFFSET);
    long low = Integer.toUnsignedLong(bytes.getInt(block + PcapngFormat.TIME_LOW_OFFSET));
    ticks = high << Integer.SIZE | low;
    timed = true;
    interfaceId = id;
    current = interfaces.get(id);
    scale = current.scale();
    captureLength = captured;
    originalLength =
        Integer.toUnsignedLong(bytes.getInt(block + PcapngFormat.ORIGINAL_LENGTH_OFFSET));
    frameIndex = block + PcapngFormat.PACKET_HEADER_LENGTH;
    blockOffset = window.offset();
    window.advance(length);
    return true;
  }

  private boolean simplePacket() throws IOException {
    long length = blockLength();
    if (!isWhole(length, SIMPLE_PACKET_LENGTH)
        || !isThere(PcapngFormat.SIMPLE_PACKET_HEADER_LENGTH)
        || !isDescribed(0)) {
      return false;
    }
    Described first = interfaces.getFirst();
    int snaplen = first.captureInterface().snaplen();
    int original = bytes.getInt(window.index() + PcapngFormat.SIMPLE_ORIGINAL_LENGTH_OFFSET);
    int captured =
        snaplen > 0 && Integer.compareUnsigned(original, snaplen) > 0 ? snaplen : original;
    if (!isPossible(captured, length - SIMPLE_PACKET_LENGTH)
        || !isThere(PcapngFormat.SIMPLE_PACKET_HEADER_LENGTH + captured)) {
      return false;
    }
    timed = false;
    interfaceId = 0;
    current = first;
    captureLength = captured;
    originalLength = Integer.toUnsignedLong(original);
    frameIndex = window.index() + PcapngFormat.SIMPLE_PACKET_HEADER_LENGTH;
    blockOffset = window.offset();
    window.advance(length);
    return true;
  }

  private boolean beginSection() throws IOException {
    // Its length can be read in its own byte order only.
    ByteOrder order = bytes.order();
    if (bytes.getInt(window.index() + PcapngFormat.MAGIC_OFFSET) != PcapngFormat.BYTE_ORDER_MAGIC) {
      bytes.order(order == ByteOrder.BIG_ENDIAN ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    }
    if (bytes.getInt(window.index() + PcapngFormat.MAGIC_OFFSET) != PcapngFormat.BYTE_ORDER_MAGIC) {
      window.damaged("a section header does not tell its byte order");
      return false;
    }
    long length = blockLength();
    if (!isWhole(length, SECTION_LENGTH) || !isThere(PcapngFormat.SECTION_OPTIONS_OFFSET)) {
      return false;
    }
    int block = window.index();
    int major = Short.toUnsignedInt(bytes.getShort(block + PcapngFormat.VERSION_MAJOR_OFFSET));
    int minor = Short.toUnsignedInt(bytes.getShort(block + PcapngFormat.VERSION_MINOR_OFFSET));
    if (major != PcapngFormat.VERSION_MAJOR
        || (minor != PcapngFormat.VERSION_MINOR && minor != VERSION_MINOR_TOO)) {
      window.damaged("a section is of version %d.%d, not 1.0".formatted(major, minor));
      return false;
    }
    interfaces.clear();
    window.advance(length);
    return true;
  }

  private boolean describeInterface() throws IOException {
    long length = blockLength();
    if (!isWhole(length, DESCRIPTION_LENGTH)) {
      return false;
    }
    if (length > window.capacity()) {
      window.damaged("the description of an interface has " + length + " bytes");
      return false;
    }
    if (interfaces.size() == MOST_INTERFACES) {
      window.damaged("a section has more than " + MOST_INTERFACES + " interfaces");
      return false;
    }
    int block = window.index();
    LinkType linkType =
        new LinkType(Short.toUnsignedInt(bytes.getShort(block + PcapngFormat.LINK_TYPE_OFFSET)));
    // A snaplen beyond any frame says as little as none at all.
    int snaplen = Math.max(0, bytes.getInt(block + PcapngFormat.SNAPLEN_OFFSET));
    String name = "";
    String description = "";
    String filter = "";
    byte resolution = PcapngFormat.RESOLUTION_MICROSECONDS;
    long offsetSeconds = 0;
    int end = block + (int) length - PcapngFormat.TRAILER_LENGTH;
    int option = block + PcapngFormat.INTERFACE_OPTIONS_OFFSET;
    while (end - option >= PcapngFormat.OPTION_HEADER_LENGTH) {
      int code = Short.toUnsignedInt(bytes.getShort(option));
      int size = Short.toUnsignedInt(bytes.getShort(option + Short.BYTES));
      int value = option + PcapngFormat.OPTION_HEADER_LENGTH;
      if (code == PcapngFormat.OPTION_END) {
        break;
      }
      if (PcapngFormat.padded(size) > end - value) {
        window.damaged("an option of an interface claims " + size + " bytes");
        return false;
      }
      if (code == PcapngFormat.INTERFACE_NAME) {
        name = text(value, size);
      } else if (code == PcapngFormat.INTERFACE_TEXT) {
        description = text(value, size);
      } else if (code == PcapngFormat.INTERFACE_FILTER
          && size > 0
          && bytes.get(value) == BPF_EXPRESSION) {
        filter = text(value + 1, size - 1);
      } else if (code == PcapngFormat.INTERFACE_RESOLUTION && size == Byte.BYTES) {
        resolution = bytes.get(value);
      } else if (code == PcapngFormat.INTERFACE_TIME_OFFSET && size == Long.BYTES) {
        offsetSeconds = bytes.getLong(value);
      }
      option = value + PcapngFormat.padded(size);
    }
    interfaces.add(
        new Described(
            new CaptureInterface(name, description, filter, linkType, snaplen),
            new TimestampScale(resolution, offsetSeconds)));
    window.advance(length);
    return true;
  }

  /** The beginning of a text, cut between two characters. */
  private String text(int index, int length) {
    int kept = Math.min(length, LARGEST_NAME_LENGTH);
    while (kept < length
        && kept > 0
        && (bytes.get(index + kept) & KIND_OF_BYTE) == CONTINUES_CHARACTER) {
      kept--;
    }
    byte[] text = new byte[kept];
    bytes.get(index, text);
    return new String(text, StandardCharsets.UTF_8);
  }

  private int blockType() {
    return bytes.getInt(window.index() + PcapngFormat.TYPE_OFFSET);
  }

  private long blockLength() {
    return Integer.toUnsignedLong(bytes.getInt(window.index() + PcapngFormat.LENGTH_OFFSET));
  }

  /**
   * Whether the next block is all there, and ends as it begins; else this is the end. It is in the
   * window then, if it fits; else only its beginning.
   */
  private boolean isWhole(long length, int smallest) throws IOException {
    if (length < smallest || PcapngFormat.padded((int) length) != (int) length) {
      window.damaged("a block claims " + length + " bytes");
      return false;
    }
    long trailer = -1;
    if (length > window.capacity()) {
      // What can only be read on is not read twice: such a block is believed.
      trailer =
          window.startsAnywhere() ? window.peek(length - PcapngFormat.TRAILER_LENGTH) : length;
    } else if (window.has((int) length)) {
      int end = window.index() + (int) length;
      trailer = Integer.toUnsignedLong(bytes.getInt(end - PcapngFormat.TRAILER_LENGTH));
    }
    if (trailer == length) {
      return true;
    }
    window.damaged(
        trailer < 0
            ? "the last block is cut short"
            : "a block of %d bytes ends as one of %d".formatted(length, trailer));
    return false;
  }

  /** Whether so much of the next block is in the window; else this is the end. */
  private boolean isThere(int length) throws IOException {
    if (window.has(length)) {
      return true;
    }
    window.damaged("the last block is cut short");
    return false;
  }

  /** Whether the section has an interface of this id; else this is the end. */
  private boolean isDescribed(int id) throws IOException {
    if (id >= 0 && id < interfaces.size()) {
      return true;
    }
    window.damaged(
        "a packet is of interface %s, of %d that are described"
            .formatted(Integer.toUnsignedString(id), interfaces.size()));
    return false;
  }

  /** Whether a frame can be so long, in a block with so much room; else this is the end. */
  private boolean isPossible(int captured, long room) throws IOException {
    if (captured >= 0 && captured <= largestCaptureLength && captured <= room) {
      return true;
    }
    window.damaged("a packet claims " + Integer.toUnsignedString(captured) + " captured bytes");
    return false;
  }

  @Override
  public boolean isNextBuffered() {
    if (window.buffered() < PcapngFormat.SMALLEST_BLOCK_LENGTH) {
      return false;
    }
    return switch (blockType()) {
      case PcapngFormat.ENHANCED_PACKET, PcapngFormat.PACKET, PcapngFormat.SIMPLE_PACKET ->
          blockLength() <= window.buffered();
      default -> false;
    };
  }

  @Override
  public CaptureFormat format() {
    return CaptureFormat.PCAPNG;
  }

  @Override
  public long timestampNanos() {
    return scale.toNanos(ticks);
  }

  @Override
  public boolean hasTimestamp() {
    return timed && scale.toNanos(ticks) != Long.MAX_VALUE;
  }

  @Override
  public boolean hasNanoseconds() {
    return current.scale().isNanoseconds();
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
  public int offset() {
    return frameIndex;
  }

  @Override
  public long recordOffset() {
    return blockOffset;
  }

  @Override
  public int interfaceId() {
    return interfaceId;
  }

  @Override
  public CaptureInterface captureInterface() {
    return current.captureInterface();
  }

  @Override
  public List<CaptureInterface> interfaces() {
    return interfaces.stream().map(Described::captureInterface).toList();
  }

  @Override
  public int alignment() {
    return PcapngFormat.padded(1);
  }

  @Override
  public int longestRecord() {
    return PcapngFormat.padded(largestCaptureLength) + PACKET_LENGTH;
  }

  @Override
  public int longestHeader() {
    return PcapngFormat.PACKET_HEADER_LENGTH;
  }

  @Override
  public long recordLength(ByteBuffer from, int at) {
    int length = from.getInt(at + PcapngFormat.LENGTH_OFFSET);
    if (length < PcapngFormat.SMALLEST_BLOCK_LENGTH
        || length > longestRecord()
        || PcapngFormat.padded(length) != length) {
      return -1;
    }
    if (!isEnhanced(from, at)) {
      return length;
    }
    int captured = from.getInt(at + PcapngFormat.CAPTURE_LENGTH_OFFSET);
    return length >= PACKET_LENGTH
            && captured >= 0
            && captured <= Math.min(largestCaptureLength, length - PACKET_LENGTH)
            && interfaceOf(from, at) != null
        ? length
        : -1;
  }

  @Override
  public boolean hasTrailer() {
    return true;
  }

  @Override
  public boolean recordEnds(ByteBuffer from, int at, long length) {
    return from.getInt(at + (int) length - PcapngFormat.TRAILER_LENGTH) == (int) length;
  }

  @Override
  public long recordTime(ByteBuffer from, int at) {
    Described described = isEnhanced(from, at) ? interfaceOf(from, at) : null;
    if (described == null) {
      return NO_TIME;
    }
    long high = from.getInt(at + PcapngFormat.TIME_HIGH_OFFSET);
    long low = Integer.toUnsignedLong(from.getInt(at + PcapngFormat.TIME_LOW_OFFSET));
    return described.scale().toNanos(high << Integer.SIZE | low);
  }

  private static boolean isEnhanced(ByteBuffer from, int at) {
    return from.getInt(at + PcapngFormat.TYPE_OFFSET) == PcapngFormat.ENHANCED_PACKET;
  }

  private @Nullable Described interfaceOf(ByteBuffer from, int at) {
    int id = from.getInt(at + PcapngFormat.INTERFACE_ID_OFFSET);
    return id >= 0 && id < interfaces.size() ? interfaces.get(id) : null;
  }
}
