package io.tapdeck.capture.index;

import java.util.Arrays;

/**
 * The terms of one kind in a chapter, and the blocks that each is in, as bits. While there are few
 * terms they are kept in an open-addressing hash table; those of few bits, and the buckets that
 * take the place of too many, have a place each. Memory grows to what a busy chapter takes, at most
 * some megabytes, and is kept: nothing is allocated for a packet.
 */
final class TermTable {
  /** With so many distinct terms, an exact index of a chapter would be larger than it may be. */
  static final int MOST_TERMS = 96 << 10;

  /** Buckets that take the place of more: 2^17. */
  static final int BUCKET_BITS = 17;

  /** Fewer buckets have all blocks in each. */
  static final int FEWEST_BUCKET_BITS = 12;

  private static final int SMALLEST = 1 << 10;

  private final TermKind kind;

  /** Of the hash table; 0 in {@code blocks} is a free slot. */
  private int[] terms;

  private long[] blocks;
  private int count;

  /** 0 while terms are plain. */
  private int bucketBits;

  private long[] buckets = new long[0];

  TermTable(TermKind kind) {
    this.kind = kind;
    terms = new int[kind.isDirect() ? 0 : SMALLEST];
    blocks = new long[kind.isDirect() ? 1 << kind.bits() : SMALLEST];
  }

  void clear() {
    Arrays.fill(blocks, 0);
    if (bucketBits > 0) {
      Arrays.fill(buckets, 0);
    }
    bucketBits = 0;
    count = 0;
  }

  /** A term occurs in a block, one bit. */
  void add(int term, long block) {
    if (bucketBits > 0) {
      buckets[Terms.bucket(term, bucketBits)] |= block;
    } else if (kind.isDirect()) {
      blocks[term] |= block;
    } else {
      addHashed(term, block);
    }
  }

  private void addHashed(int term, long block) {
    int mask = terms.length - 1;
    int slot = (int) Terms.mix(Integer.toUnsignedLong(term)) & mask;
    while (blocks[slot] != 0) {
      if (terms[slot] == term) {
        blocks[slot] |= block;
        return;
      }
      slot = (slot + 1) & mask;
    }
    terms[slot] = term;
    blocks[slot] = block;
    count++;
    if (count >= MOST_TERMS) {
      fold(BUCKET_BITS);
    } else if (count > mask / 4 * 3) {
      grow();
    }
  }

  private void grow() {
    int[] oldTerms = terms;
    long[] oldBlocks = blocks;
    terms = new int[2 * oldTerms.length];
    blocks = new long[terms.length];
    int mask = terms.length - 1;
    for (int i = 0; i < oldTerms.length; i++) {
      if (oldBlocks[i] != 0) {
        int slot = (int) Terms.mix(Integer.toUnsignedLong(oldTerms[i])) & mask;
        while (blocks[slot] != 0) {
          slot = (slot + 1) & mask;
        }
        terms[slot] = oldTerms[i];
        blocks[slot] = oldBlocks[i];
      }
    }
  }

  /** From now on terms share buckets; also those that are there. */
  void fold(int bits) {
    if (bucketBits > 0) {
      for (int i = 0; i < 1 << bits; i++) {
        long all = 0;
        int each = 1 << (bucketBits - bits);
        for (int j = 0; j < each; j++) {
          all |= buckets[i * each + j];
        }
        buckets[i] = all;
      }
      Arrays.fill(buckets, 1 << bits, buckets.length, 0);
    } else {
      if (buckets.length == 0) {
        buckets = new long[1 << BUCKET_BITS];
      }
      for (int i = 0; i < blocks.length; i++) {
        if (blocks[i] != 0) {
          buckets[Terms.bucket(kind.isDirect() ? i : terms[i], bits)] |= blocks[i];
        }
      }
    }
    bucketBits = bits;
  }

  /** How many bits the terms have that it gives: those of the buckets, once they are. */
  int bits() {
    return bucketBits > 0 ? bucketBits : kind.bits();
  }

  boolean isFolded() {
    return bucketBits > 0;
  }

  /** Gives all terms, sorted as unsigned numbers, with their blocks. */
  void writeTo(TermPages pages) {
    if (bucketBits > 0) {
      writeAll(buckets, 1 << bucketBits, pages);
    } else if (kind.isDirect()) {
      writeAll(blocks, blocks.length, pages);
    } else {
      writeSorted(pages);
    }
  }

  private static void writeAll(long[] places, int length, TermPages pages) {
    for (int i = 0; i < length; i++) {
      if (places[i] != 0) {
        pages.add(i, places[i]);
      }
    }
  }

  private void writeSorted(TermPages pages) {
    // The term before its place, so that sorting one sorts both; all are positive.
    long[] sorted = new long[count];
    int at = 0;
    for (int i = 0; i < terms.length; i++) {
      if (blocks[i] != 0) {
        sorted[at] = ((Integer.toUnsignedLong(terms[i]) << Integer.SIZE) >>> 1) | i;
        at++;
      }
    }
    Arrays.sort(sorted);
    for (long term : sorted) {
      int slot = (int) term & Integer.MAX_VALUE;
      pages.add(terms[slot], blocks[slot]);
    }
  }
}
