package io.tapdeck.capture.index;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads what {@link TermPages} packed, as many pages as are needed. */
final class TermReader {
  /** Largest page: of each term a gap, and a bit for each block. */
  private static final int LONGEST_PAGE = 1 << 16;

  /** Where pages are. */
  interface Pages {
    ByteBuffer read(int offset, int length) throws IOException;
  }

  /** Is told of each term. */
  interface Visitor {
    void term(int term, long blocks);
  }

  private final ByteBuffer directory;
  private final int count;
  private final int blocks;
  private final Pages pages;

  TermReader(ByteBuffer directory, int count, int blocks, Pages pages) {
    this.directory = directory;
    this.count = count;
    this.blocks = blocks;
    this.pages = pages;
  }

  /** The blocks of all terms from one to another, as unsigned numbers. */
  long find(int from, int to) throws IOException {
    long[] found = {0};
    int page = Math.max(0, lastBeginningAtOrBefore(from));
    while (page < count && Integer.compareUnsigned(first(page), to) <= 0) {
      visit(
          page,
          (term, in) -> {
            if (Integer.compareUnsigned(term, from) >= 0
                && Integer.compareUnsigned(term, to) <= 0) {
              found[0] |= in;
            }
          });
      page++;
    }
    return found[0];
  }

  /** Tells of all terms, in order. */
  void visitAll(Visitor visitor) throws IOException {
    for (int i = 0; i < count; i++) {
      visit(i, visitor);
    }
  }

  private int lastBeginningAtOrBefore(int term) {
    int low = 0;
    int high = count - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (Integer.compareUnsigned(first(middle), term) <= 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return high;
  }

  private int first(int page) {
    return directory.getInt(page * IndexFormat.PAGE_ENTRY_LENGTH + IndexFormat.PAGE_FIRST);
  }

  private int offset(int page) {
    return directory.getInt(page * IndexFormat.PAGE_ENTRY_LENGTH + IndexFormat.PAGE_OFFSET);
  }

  private void visit(int page, Visitor visitor) throws IOException {
    int offset = offset(page);
    int length = offset(page + 1) - offset;
    if (offset < 0 || length < 2 || length > LONGEST_PAGE) {
      throw new DamagedIndexException("an index is damaged: a page of " + length + " bytes");
    }
    ByteBuffer bytes = pages.read(offset, length);
    int sum = directory.getInt(page * IndexFormat.PAGE_ENTRY_LENGTH + IndexFormat.PAGE_CHECKSUM);
    if (sum != IndexBytes.checksum(bytes, 0, length)) {
      throw new DamagedIndexException("an index is damaged: a page is not what was written");
    }
    BitReader bits = new BitReader(bytes);
    int code = bits.get(TermPages.CODE_BITS);
    int terms = bits.get(TermPages.COUNT_BITS) + 1;
    int term = first(page);
    for (int i = 0; i < terms; i++) {
      if (i > 0) {
        term += gap(bits, code) + 1;
      }
      visitor.term(term, blocks(bits));
    }
  }

  private static int gap(BitReader bits, int code) {
    int ones = bits.getUnary();
    if (code == TermPages.GAMMA) {
      int width = Math.min(ones, Integer.SIZE);
      return (int) (((1L << width) | Integer.toUnsignedLong(bits.get(width))) - 1);
    }
    int low = bits.get(Math.min(code, Integer.SIZE));
    return (ones << code) | low;
  }

  private long blocks(BitReader bits) {
    int width = TermPages.width(blocks);
    if (bits.get(1) == 0) {
      return 1L << bits.get(width);
    }
    if (bits.get(1) == 0) {
      int size = bits.get(TermPages.LIST_BITS);
      if (size == 0) {
        return -1L >>> (Long.SIZE - blocks);
      }
      long in = 0;
      for (int i = 0; i < size; i++) {
        in |= 1L << bits.get(width);
      }
      return in;
    }
    long high = Integer.toUnsignedLong(bits.get(Math.max(0, blocks - Integer.SIZE)));
    return (high << Integer.SIZE)
        | Integer.toUnsignedLong(bits.get(Math.min(Integer.SIZE, blocks)));
  }
}
