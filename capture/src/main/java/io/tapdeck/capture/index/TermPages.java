package io.tapdeck.capture.index;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Packs sorted terms, each with the set of blocks that it is in, into pages that can be read one by
 * one. A page is a stream of bits:
 *
 * <pre>
 * 6 bits    how gaps are written: Rice with so many low bits, or 63 for Elias gamma
 * 7 bits    terms of the page, less one
 * of each term but the first: the gap from the term before, less one
 * of each term the blocks:
 *   0       one block, its number in w bits, as many as the chapter's last block's number has
 *   10      4 bits: 0 for all blocks of the chapter, or how many follow, 2 to 15, each in w bits
 *   11      a bit for each block of the chapter, the last one first
 * </pre>
 *
 * Hashes are spread evenly and best written by Rice's code, addresses and ports come in clusters.
 */
final class TermPages {
  static final int CODE_BITS = 6;
  static final int GAMMA = 63;
  static final int COUNT_BITS = 7;
  static final int LIST_BITS = 4;
  static final int LONGEST_LIST = 15;

  /** A gap takes no more ones than that, so that no page is large. */
  private static final int MOST_ONES = 1 << 10;

  private final BitWriter data = new BitWriter();
  private final CRC32C checksum = new CRC32C();
  private final int[] terms = new int[IndexFormat.PAGE_TERMS];
  private final long[] blocks = new long[IndexFormat.PAGE_TERMS];
  private ByteBuffer directory = IndexBytes.allocate(IndexFormat.PAGE_ENTRY_LENGTH << 6);
  private int inPage;
  private int count;
  private int pages;
  private int blockCount;

  /**
   * Begins anew.
   *
   * @param chapterBlocks how many blocks the chapter has
   */
  void begin(int chapterBlocks) {
    data.clear();
    directory.clear();
    inPage = 0;
    count = 0;
    pages = 0;
    blockCount = chapterBlocks;
  }

  /** Adds a term, larger than those before as an unsigned number. */
  void add(int term, long in) {
    terms[inPage] = term;
    blocks[inPage] = in;
    inPage++;
    count++;
    if (inPage == IndexFormat.PAGE_TERMS) {
      endPage();
    }
  }

  /** Ends it: nothing is added any more. */
  void end() {
    if (inPage > 0) {
      endPage();
    }
    entry(0, data.length(), 0);
  }

  private void endPage() {
    int start = data.length();
    int code = bestCode();
    data.put(code, CODE_BITS);
    data.put(inPage - 1, COUNT_BITS);
    for (int i = 0; i < inPage; i++) {
      if (i > 0) {
        putGap(terms[i] - terms[i - 1] - 1, code);
      }
      putBlocks(blocks[i]);
    }
    data.align();
    checksum.reset();
    checksum.update(data.bytes(), start, data.length() - start);
    entry(terms[0], start, (int) checksum.getValue());
    pages++;
    inPage = 0;
  }

  private void entry(int first, int offset, int sum) {
    if (directory.remaining() < IndexFormat.PAGE_ENTRY_LENGTH) {
      directory = IndexBytes.allocate(2 * directory.capacity()).put(directory.flip());
    }
    directory.putInt(first).putInt(offset).putInt(sum);
  }

  private int bestCode() {
    int best = GAMMA;
    long least = cost(GAMMA);
    long mean = Integer.toUnsignedLong(terms[inPage - 1] - terms[0]) / inPage + 1;
    int likely = Long.SIZE - 1 - Long.numberOfLeadingZeros(mean);
    int most = Math.min(likely + 1, Integer.SIZE - 1);
    for (int code = Math.max(0, likely - 2); code <= most; code++) {
      long cost = cost(code);
      if (cost < least) {
        least = cost;
        best = code;
      }
    }
    return best;
  }

  /** Bits that the gaps take. */
  private long cost(int code) {
    long bits = 0;
    for (int i = 1; i < inPage; i++) {
      int gap = terms[i] - terms[i - 1] - 1;
      if (code == GAMMA) {
        bits += 2L * gammaBits(gap) + 1;
      } else {
        int ones = gap >>> code;
        if (ones < 0 || ones > MOST_ONES) {
          return Long.MAX_VALUE;
        }
        bits += ones + 1 + code;
      }
    }
    return bits;
  }

  /** How many bits follow the first one of a gap and one. */
  private static int gammaBits(int gap) {
    return Long.SIZE - 1 - Long.numberOfLeadingZeros(Integer.toUnsignedLong(gap) + 1);
  }

  private void putGap(int gap, int code) {
    if (code == GAMMA) {
      int bits = gammaBits(gap);
      data.putUnary(bits);
      data.put(gap + 1, bits);
    } else {
      data.putUnary(gap >>> code);
      data.put(gap, code);
    }
  }

  private void putBlocks(long in) {
    int width = width(blockCount);
    int size = Long.bitCount(in);
    if (size == 1) {
      data.put(0, 1);
      data.put(Long.numberOfTrailingZeros(in), width);
    } else if (size == blockCount) {
      data.put(0b10, 2);
      data.put(0, LIST_BITS);
    } else if (size <= LONGEST_LIST && LIST_BITS + size * width < blockCount) {
      data.put(0b10, 2);
      data.put(size, LIST_BITS);
      for (long left = in; left != 0; left &= left - 1) {
        data.put(Long.numberOfTrailingZeros(left), width);
      }
    } else {
      data.put(0b11, 2);
      data.put((int) (in >>> Integer.SIZE), Math.max(0, blockCount - Integer.SIZE));
      data.put((int) in, Math.min(Integer.SIZE, blockCount));
    }
  }

  /** Bits of the number of the last of so many blocks. */
  static int width(int blocks) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(blocks - 1);
  }

  int terms() {
    return count;
  }

  int pages() {
    return pages;
  }

  /** Bytes of the directory with its checksum, and the pages. */
  int length() {
    return directory.position() + IndexFormat.CHECKSUM_LENGTH + data.length();
  }

  /** Appends all that to a buffer. */
  void putTo(ByteBuffer buffer) {
    int start = buffer.position();
    buffer.put(directory.duplicate().flip());
    IndexBytes.putChecksum(buffer, start);
    buffer.put(data.bytes(), 0, data.length());
  }
}
