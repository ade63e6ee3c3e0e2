package io.tapdeck.capture.index;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * A chapter of an index: up to 64 blocks, in whose sets each block is a bit, the first the lowest.
 * What is asked is read from the file when it is asked.
 */
public final class Chapter {
  private final FileChannel channel;
  private final String name;
  private final long position;
  private final ByteBuffer header;
  private final ByteBuffer table;

  private Chapter(
      FileChannel channel, String name, long position, ByteBuffer header, ByteBuffer table) {
    this.channel = channel;
    this.name = name;
    this.position = position;
    this.header = header;
    this.table = table;
  }

  /**
   * Reads what is in front of a chapter.
   *
   * @param position where in the file it begins
   * @param fileLength where the file, or what of it are chapters, ends
   * @throws DamagedIndexException if there is none
   */
  static Chapter read(FileChannel channel, String name, long position, long fileLength)
      throws IOException {
    ByteBuffer header =
        read(channel, name, position, IndexFormat.CHAPTER_HEADER_LENGTH, fileLength);
    if (header.getInt(0) != IndexFormat.CHAPTER_MAGIC
        || !IndexBytes.isWhole(header, 0, IndexFormat.CHAPTER_HEADER_LENGTH)) {
      throw new DamagedIndexException(name + " is damaged: no chapter begins at " + position);
    }
    int length = header.getInt(IndexFormat.CHAPTER_LENGTH);
    int blocks = header.getInt(IndexFormat.CHAPTER_BLOCKS);
    int tableLength = blocks * IndexFormat.BLOCK_LENGTH + IndexFormat.CHECKSUM_LENGTH;
    if (blocks < 1
        || blocks > IndexFormat.MOST_BLOCKS
        || length < IndexFormat.CHAPTER_HEADER_LENGTH + tableLength
        || length > IndexFormat.LONGEST_CHAPTER
        || length > fileLength - position) {
      throw new DamagedIndexException(name + " is damaged: the chapter at " + position);
    }
    ByteBuffer table =
        read(channel, name, position + IndexFormat.CHAPTER_HEADER_LENGTH, tableLength, fileLength);
    if (!IndexBytes.isWhole(table, 0, tableLength)) {
      throw new DamagedIndexException(name + " is damaged: the blocks at " + position);
    }
    Chapter chapter = new Chapter(channel, name, position, header, table);
    chapter.checkOrder();
    return chapter;
  }

  private void checkOrder() throws DamagedIndexException {
    long before = start();
    for (int i = 0; i < blocks(); i++) {
      if (blockStart(i) < before || blockStart(i) > end()) {
        throw new DamagedIndexException(name + " is damaged: blocks are in no order");
      }
      before = blockStart(i);
    }
  }

  private static ByteBuffer read(
      FileChannel channel, String name, long from, int length, long fileLength) throws IOException {
    if (length > fileLength - from) {
      throw new DamagedIndexException(name + " is damaged: it is cut short");
    }
    ByteBuffer bytes = IndexBytes.allocate(length);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, from + bytes.position()) < 0) {
        throw new DamagedIndexException(name + " is damaged: it is cut short");
      }
    }
    return bytes.clear();
  }

  /** Bytes of it in the file. */
  int length() {
    return header.getInt(IndexFormat.CHAPTER_LENGTH);
  }

  /** How many blocks there are, 1 to 64. */
  public int blocks() {
    return header.getInt(IndexFormat.CHAPTER_BLOCKS);
  }

  /** Where in the content it begins. */
  public long start() {
    return header.getLong(IndexFormat.CHAPTER_START);
  }

  /** Where in the content it ends. */
  public long end() {
    return header.getLong(IndexFormat.CHAPTER_END);
  }

  /** The earliest time in it, nanoseconds since 1970. */
  public long first() {
    return header.getLong(IndexFormat.CHAPTER_FIRST);
  }

  /** The latest time in it. */
  public long last() {
    return header.getLong(IndexFormat.CHAPTER_LAST);
  }

  /** Its packets, but for those of blocks that nobody looked at. */
  public long packets() {
    return header.getLong(IndexFormat.CHAPTER_PACKETS);
  }

  /** All blocks. */
  public long all() {
    return -1L >>> (Long.SIZE - blocks());
  }

  /** Where in the content a block begins: with a record. */
  public long blockStart(int block) {
    return table.getLong(block * IndexFormat.BLOCK_LENGTH + IndexFormat.BLOCK_START);
  }

  /** Where it ends. */
  public long blockEnd(int block) {
    return block + 1 < blocks() ? blockStart(block + 1) : end();
  }

  /** The earliest time in a block; if nobody looked at it, the earliest that there is. */
  public long blockFirst(int block) {
    return table.getLong(block * IndexFormat.BLOCK_LENGTH + IndexFormat.BLOCK_FIRST);
  }

  /** The latest time in a block; if nobody looked at it, the latest that there is. */
  public long blockLast(int block) {
    return table.getLong(block * IndexFormat.BLOCK_LENGTH + IndexFormat.BLOCK_LAST);
  }

  /** How many packets are in a block; 0 if nobody looked at it. */
  public int blockPackets(int block) {
    return table.getInt(block * IndexFormat.BLOCK_LENGTH + IndexFormat.BLOCK_PACKETS);
  }

  /** Whether it is known what is in a block; anything can be in one that nobody looked at. */
  public boolean isIndexed(int block) {
    return table.getInt(block * IndexFormat.BLOCK_LENGTH + IndexFormat.BLOCK_INDEXED) == 1;
  }

  /** Those of which it is known that nothing is known. */
  private long unindexed() {
    long blocks = 0;
    for (int i = 0; i < blocks(); i++) {
      blocks |= isIndexed(i) ? 0 : 1L << i;
    }
    return blocks;
  }

  /** The blocks in which a term may occur. */
  public long find(TermKind kind, int term) throws IOException {
    return find(kind, term, term);
  }

  /**
   * The blocks in which any of the terms may occur that are from one to another, as unsigned
   * numbers.
   */
  public long find(TermKind kind, int from, int to) throws IOException {
    int at = entry(kind);
    int bits = header.get(at + IndexFormat.KIND_BITS);
    long blocks =
        switch (header.get(at + IndexFormat.KIND_FORM)) {
          case IndexFormat.PLAIN -> pages(kind).find(from, to);
          case IndexFormat.BUCKETS -> findInBuckets(kind, from, to, bits);
          default -> all();
        };
    return (blocks | unindexed()) & all();
  }

  private long findInBuckets(TermKind kind, int from, int to, int bits) throws IOException {
    if (Integer.compareUnsigned(to - from, IndexFormat.MOST_BLOCKS) >= 0
        || bits < 1
        || bits > TermTable.BUCKET_BITS) {
      return all();
    }
    TermReader pages = pages(kind);
    long blocks = 0;
    for (int i = 0; i <= to - from; i++) {
      int bucket = Terms.bucket(from + i, bits);
      blocks |= pages.find(bucket, bucket);
    }
    return blocks;
  }

  /** Whether the terms of a kind are known, each of them and no others. */
  boolean isPlain(TermKind kind) {
    return header.get(entry(kind) + IndexFormat.KIND_FORM) == IndexFormat.PLAIN && unindexed() == 0;
  }

  /** How many distinct terms of a kind, or buckets, there are. */
  int terms(TermKind kind) {
    return header.getInt(entry(kind) + IndexFormat.KIND_TERMS);
  }

  private static int entry(TermKind kind) {
    return IndexFormat.CHAPTER_KINDS + kind.number() * IndexFormat.KIND_LENGTH;
  }

  /** The terms of a kind, if its form is not unknown. */
  TermReader pages(TermKind kind) throws IOException {
    int at = entry(kind);
    long from = Integer.toUnsignedLong(header.getInt(at + IndexFormat.KIND_OFFSET));
    long pages = Integer.toUnsignedLong(header.getInt(at + IndexFormat.KIND_PAGES));
    long directory = (pages + 1) * IndexFormat.PAGE_ENTRY_LENGTH + IndexFormat.CHECKSUM_LENGTH;
    if (from + directory > length()) {
      throw new DamagedIndexException(name + " is damaged: pages are beyond its end");
    }
    ByteBuffer entries = read(channel, name, position + from, (int) directory, position + length());
    if (!IndexBytes.isWhole(entries, 0, (int) directory)) {
      throw new DamagedIndexException(name + " is damaged: what tells of pages");
    }
    return new TermReader(
        entries,
        (int) pages,
        blocks(),
        (offset, bytes) ->
            read(channel, name, position + from + directory + offset, bytes, position + length()));
  }
}
