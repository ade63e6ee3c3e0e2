package io.tapdeck.capture.index;

import io.tapdeck.capture.dissect.Headers;
import io.tapdeck.capture.dissect.Protocol;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Collects what is in up to 64 blocks, and lays it out. */
final class ChapterBuilder {
  /** Of the content, a chapter takes this part at most; the filter gets most of what is left. */
  private static final double LARGEST_PART = 0.008;

  /** However little content there is: a block of most file systems. */
  private static final int SMALLEST_BYTES = 3 << 10;

  private final TermTable[] tables = new TermTable[TermKind.count()];
  private final TermPages[] pages = new TermPages[TermKind.count()];
  private final boolean[] unknown = new boolean[TermKind.count()];
  private final long[] starts = new long[IndexFormat.MOST_BLOCKS];
  private final int[] packets = new int[IndexFormat.MOST_BLOCKS];
  private final boolean[] indexed = new boolean[IndexFormat.MOST_BLOCKS];
  private final long[] firsts = new long[IndexFormat.MOST_BLOCKS];
  private final long[] lasts = new long[IndexFormat.MOST_BLOCKS];
  private int blocks;

  ChapterBuilder() {
    for (int i = 0; i < tables.length; i++) {
      tables[i] = new TermTable(TermKind.of(i));
      pages[i] = new TermPages();
    }
  }

  int blocks() {
    return blocks;
  }

  /** Where in the content the last block begins. */
  long lastStart() {
    return starts[blocks - 1];
  }

  boolean isLastIndexed() {
    return indexed[blocks - 1];
  }

  void clear() {
    for (TermTable table : tables) {
      table.clear();
    }
    blocks = 0;
  }

  /**
   * Begins a block; there is room for it.
   *
   * @param isIndexed whether packets will be added, or it is something that nobody looked at
   */
  void begin(long start, boolean isIndexed) {
    starts[blocks] = start;
    packets[blocks] = 0;
    indexed[blocks] = isIndexed;
    firsts[blocks] = isIndexed ? Long.MAX_VALUE : Long.MIN_VALUE;
    lasts[blocks] = isIndexed ? Long.MIN_VALUE : Long.MAX_VALUE;
    blocks++;
  }

  /** A packet of the last block. */
  void add(long time, Headers headers) {
    int at = blocks - 1;
    packets[at]++;
    firsts[at] = Math.min(firsts[at], time);
    lasts[at] = Math.max(lasts[at], time);
    long block = 1L << at;
    for (int i = 0; i < headers.networks(); i++) {
      addNetwork(headers, i, block);
    }
    for (int i = 0; i < headers.vlans(); i++) {
      add(TermKind.VLAN, headers.vlan(i), block);
    }
    for (int i = 0; i < headers.keys(); i++) {
      add(TermKind.KEY, (int) headers.key(i), block);
    }
    for (int word = 0; word < Protocol.COUNT / Long.SIZE; word++) {
      for (long left = headers.protocolBits(word); left != 0; left &= left - 1) {
        add(TermKind.PROTOCOL, word * Long.SIZE + Long.numberOfTrailingZeros(left), block);
      }
    }
  }

  private void addNetwork(Headers headers, int i, long block) {
    long sourceHigh = headers.sourceHigh(i);
    long sourceLow = headers.sourceLow(i);
    long destinationHigh = headers.destinationHigh(i);
    long destinationLow = headers.destinationLow(i);
    if (headers.version(i) == 4) {
      add(TermKind.HOST_V4, (int) sourceLow, block);
      add(TermKind.HOST_V4, (int) destinationLow, block);
    } else {
      add(TermKind.HOST_V6, Terms.hostV6(sourceHigh, sourceLow), block);
      add(TermKind.HOST_V6, Terms.hostV6(destinationHigh, destinationLow), block);
      add(TermKind.NET_V6, Terms.netV6(sourceHigh), block);
      add(TermKind.NET_V6, Terms.netV6(destinationHigh), block);
    }
    if (headers.hasPorts(i)) {
      int sourcePort = headers.sourcePort(i);
      int destinationPort = headers.destinationPort(i);
      add(TermKind.PORT, sourcePort, block);
      add(TermKind.PORT, destinationPort, block);
      int conversation =
          Terms.conversation(
              sourceHigh, sourceLow, sourcePort, destinationHigh, destinationLow, destinationPort);
      add(TermKind.CONVERSATION, conversation, block);
    }
  }

  private void add(TermKind kind, int term, long block) {
    tables[kind.number()].add(term, block);
  }

  /**
   * Lays it out.
   *
   * @param end where in the content it ends
   */
  ByteBuffer chapter(long end) {
    int most =
        (int)
            Math.clamp(
                (end - starts[0]) * LARGEST_PART, SMALLEST_BYTES, IndexFormat.LONGEST_CHAPTER / 2);
    int length = IndexFormat.CHAPTER_HEADER_LENGTH;
    length += blocks * IndexFormat.BLOCK_LENGTH + IndexFormat.CHECKSUM_LENGTH;
    int fixed = length;
    for (int i = 0; i < tables.length; i++) {
      unknown[i] = false;
      length += pack(i);
    }
    while (length > most) {
      int largest = largest();
      if (largest < 0) {
        break;
      }
      shrink(largest);
      length = fixed;
      for (int i = 0; i < tables.length; i++) {
        length += unknown[i] ? 0 : pages[i].length();
      }
    }
    return layOut(end, length);
  }

  private int pack(int kind) {
    pages[kind].begin(blocks);
    tables[kind].writeTo(pages[kind]);
    pages[kind].end();
    return pages[kind].length();
  }

  /** The kind that takes most; -1 if none takes anything. */
  private int largest() {
    int largest = -1;
    for (int i = 0; i < tables.length; i++) {
      if (!unknown[i] && (largest < 0 || pages[i].length() > pages[largest].length())) {
        largest = i;
      }
    }
    return largest;
  }

  /** Makes a kind tell less, in less. */
  private void shrink(int kind) {
    TermTable table = tables[kind];
    int before = pages[kind].length();
    int terms = pages[kind].terms();
    int bits = table.isFolded() ? table.bits() - 1 : Math.min(bitsOf(terms), table.bits() - 1);
    bits = Math.min(bits, TermTable.BUCKET_BITS);
    if (bits < TermTable.FEWEST_BUCKET_BITS) {
      unknown[kind] = true;
      return;
    }
    table.fold(bits);
    if (pack(kind) >= before && bits == TermTable.FEWEST_BUCKET_BITS) {
      unknown[kind] = true;
    }
  }

  /** Four times as many buckets as terms, so that few share one. */
  private static int bitsOf(int terms) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(terms) + 1;
  }

  private ByteBuffer layOut(long end, int length) {
    ByteBuffer chapter = IndexBytes.allocate(length);
    chapter.putInt(IndexFormat.CHAPTER_MAGIC).putInt(length).putInt(blocks).putInt(0);
    chapter.putLong(starts[0]).putLong(end);
    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    long all = 0;
    for (int i = 0; i < blocks; i++) {
      first = Math.min(first, firsts[i]);
      last = Math.max(last, lasts[i]);
      all += packets[i];
    }
    chapter.putLong(first).putLong(last).putLong(all);
    int offset = IndexFormat.CHAPTER_HEADER_LENGTH;
    offset += blocks * IndexFormat.BLOCK_LENGTH + IndexFormat.CHECKSUM_LENGTH;
    for (int i = 0; i < tables.length; i++) {
      offset += putKind(chapter, i, offset);
    }
    chapter.putInt(0);
    IndexBytes.putChecksum(chapter, 0);
    int table = chapter.position();
    for (int i = 0; i < blocks; i++) {
      chapter.putLong(starts[i]).putInt(packets[i]).putInt(indexed[i] ? 1 : 0);
      chapter.putLong(firsts[i]).putLong(lasts[i]);
    }
    IndexBytes.putChecksum(chapter, table);
    for (int i = 0; i < tables.length; i++) {
      if (!unknown[i]) {
        pages[i].putTo(chapter);
      }
    }
    return chapter.flip();
  }

  private int putKind(ByteBuffer chapter, int kind, int offset) {
    TermTable table = tables[kind];
    int form =
        unknown[kind]
            ? IndexFormat.UNKNOWN
            : table.isFolded() ? IndexFormat.BUCKETS : IndexFormat.PLAIN;
    chapter.put((byte) form).put((byte) table.bits()).putShort((short) 0);
    if (unknown[kind]) {
      chapter.putInt(0).putInt(0).putInt(0);
      return 0;
    }
    chapter.putInt(pages[kind].terms()).putInt(offset).putInt(pages[kind].pages());
    return pages[kind].length();
  }

  /** Lays it out, unless there is nothing in it, and begins the next. */
  @Nullable ByteBuffer take(long end) {
    if (blocks == 0) {
      return null;
    }
    ByteBuffer chapter = chapter(end);
    clear();
    return chapter;
  }
}
