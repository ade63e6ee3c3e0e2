package io.tapdeck.capture.index;

import java.nio.ByteBuffer;

/**
 * A small set of all terms of an index, which errs to one side: what it says is not there is not. A
 * blocked Bloom filter: all bits of a term are in one line, which is read alone.
 */
final class TermFilter {
  private static final int PROBES = 6;

  /** Enough for one error in thirty. */
  private static final int BITS_A_TERM = 9;

  /** With less it would say nearly always that a term can be there. */
  private static final int FEWEST_BITS = 5;

  /** The largest, in lines. */
  private static final int MOST_LINES = 1 << 16;

  private static final int PROBE_BITS = 10;
  private static final int PROBE_MASK = (1 << PROBE_BITS) - 1;

  private final ByteBuffer lines;
  private final int count;

  private TermFilter(int count) {
    this.count = count;
    lines = IndexBytes.allocate(count * IndexFormat.LINE_LENGTH);
  }

  /**
   * An empty one.
   *
   * @param terms how many there will be
   * @param most bytes that it may take
   * @return with no line if that would be of no use
   */
  static TermFilter ofTerms(long terms, long most) {
    long wanted = Math.ceilDiv(terms * BITS_A_TERM, IndexFormat.LINE_BITS);
    long fewest = Math.ceilDiv(terms * FEWEST_BITS, IndexFormat.LINE_BITS);
    long allowed = Math.min(MOST_LINES, most / IndexFormat.LINE_LENGTH);
    return new TermFilter(allowed < fewest ? 0 : (int) Math.min(wanted, allowed));
  }

  int lines() {
    return count;
  }

  void add(TermKind kind, int term) {
    if (count == 0) {
      return;
    }
    long hash = hash(kind, term);
    int start = line(hash, count) * IndexFormat.LINE_LENGTH;
    long probes = Terms.mix(hash);
    for (int i = 0; i < PROBES; i++) {
      int bit = probe(probes, i);
      int at = start + bit / Byte.SIZE;
      lines.put(at, (byte) (lines.get(at) | (1 << (bit % Byte.SIZE))));
    }
  }

  /** All lines with their checksums. */
  ByteBuffer bytes() {
    for (int i = 0; i < count; i++) {
      int start = i * IndexFormat.LINE_LENGTH;
      int sum = start + IndexFormat.LINE_LENGTH - IndexFormat.CHECKSUM_LENGTH;
      lines.putInt(sum, IndexBytes.checksum(lines, start, sum));
    }
    return lines.duplicate().clear();
  }

  /** The number of the line that has all of a term's bits. */
  static int line(TermKind kind, int term, int count) {
    return line(hash(kind, term), count);
  }

  /** Whether a term may be there, by its line at the beginning of a buffer. */
  static boolean mayHold(ByteBuffer line, TermKind kind, int term) {
    long probes = Terms.mix(hash(kind, term));
    for (int i = 0; i < PROBES; i++) {
      int bit = probe(probes, i);
      if (((line.get(bit / Byte.SIZE) >>> (bit % Byte.SIZE)) & 1) == 0) {
        return false;
      }
    }
    return true;
  }

  private static long hash(TermKind kind, int term) {
    return Terms.mix(((long) (kind.number() + 1) << Integer.SIZE) ^ Integer.toUnsignedLong(term));
  }

  private static int line(long hash, int count) {
    return (int) Math.unsignedMultiplyHigh(hash, count);
  }

  private static int probe(long probes, int number) {
    int bits = (int) (probes >>> (number * PROBE_BITS)) & PROBE_MASK;
    return (bits * IndexFormat.LINE_BITS) >>> PROBE_BITS;
  }
}
