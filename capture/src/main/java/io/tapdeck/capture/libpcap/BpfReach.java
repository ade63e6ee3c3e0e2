package io.tapdeck.capture.libpcap;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;

/**
 * What a filter's program can make of a frame of which only some bytes are known: all paths are
 * followed that bytes which are not known could open (bpf(4); jumps only go forward, so one pass
 * does).
 *
 * @param accepts some frame with the known bytes is accepted
 * @param asks whether it is depends on bytes that are not known
 */
record BpfReach(boolean accepts, boolean asks) {
  /** {@code struct bpf_insn}: the code, two jumps, a value. */
  private static final int WHEN_TRUE = 2;

  private static final int WHEN_FALSE = 3;
  private static final int VALUE = 4;

  private static final int CLASS = 0x07;
  private static final int LD = 0x00;
  private static final int LDX = 0x01;
  private static final int ST = 0x02;
  private static final int STX = 0x03;
  private static final int JMP = 0x05;
  private static final int RET = 0x06;
  private static final int MISC = 0x07;

  private static final int SIZE = 0x18;
  private static final int HALF = 0x08;
  private static final int BYTE = 0x10;

  private static final int MODE = 0xe0;
  private static final int IMM = 0x00;
  private static final int ABS = 0x20;
  private static final int LEN = 0x80;

  private static final int JUMP = 0xf0;
  private static final int JA = 0x00;
  private static final int JEQ = 0x10;
  private static final int JGT = 0x20;
  private static final int JGE = 0x30;
  private static final int JSET = 0x40;

  private static final int SOURCE = 0x08;
  private static final int RETURN_SOURCE = 0x18;
  private static final int MISC_OPERATION = 0xf8;
  private static final int TAX = 0x00;

  /** What is no value of 32 bits: of the frame, and not known. */
  private static final long UNKNOWN = -1;

  /** Not of the frame: its length, its direction, what Linux keeps beside it. */
  private static final long BESIDE = -2;

  private static final long UNREACHED = -3;

  /** From here on, an offset stands for something that is beside the frame (SKF_AD_OFF). */
  private static final long FIRST_BESIDE = 0xffff_f000L;

  private static final long UNSIGNED = 0xffff_ffffL;

  /**
   * Follows a program.
   *
   * @param known bytes of the frame by their offset
   */
  static BpfReach of(Filter filter, Map<Integer, Integer> known) {
    ByteBuffer program = ByteBuffer.wrap(filter.instructions()).order(ByteOrder.nativeOrder());
    // The accumulator's value where an instruction is reached.
    long[] accumulator = new long[filter.length()];
    Arrays.fill(accumulator, UNREACHED);
    if (accumulator.length > 0) {
      accumulator[0] = 0;
    }
    boolean accepts = false;
    boolean asks = false;
    for (int i = 0; i < accumulator.length; i++) {
      long a = accumulator[i];
      if (a == UNREACHED) {
        continue;
      }
      int at = i * Filter.INSTRUCTION_BYTES;
      int code = program.getShort(at) & 0xffff;
      long k = program.getInt(at + VALUE) & UNSIGNED;
      switch (code & CLASS) {
        case RET -> accepts |= (code & RETURN_SOURCE) != 0 || k != 0;
        case JMP -> {
          int whenTrue = i + 1 + (program.get(at + WHEN_TRUE) & 0xff);
          int whenFalse = i + 1 + (program.get(at + WHEN_FALSE) & 0xff);
          if ((code & JUMP) == JA) {
            meet(accumulator, i + 1 + k, a);
          } else if (a < 0 || (code & SOURCE) != 0) {
            asks |= whenTrue != whenFalse && a != BESIDE;
            meet(accumulator, whenTrue, a);
            meet(accumulator, whenFalse, a);
          } else {
            meet(accumulator, holds(code & JUMP, a, k) ? whenTrue : whenFalse, a);
          }
        }
        case LD -> meet(accumulator, i + 1, load(code, k, known));
        case LDX, ST, STX -> meet(accumulator, i + 1, a);
        case MISC -> meet(accumulator, i + 1, (code & MISC_OPERATION) == TAX ? a : UNKNOWN);
        // Arithmetic.
        default -> meet(accumulator, i + 1, a == BESIDE && (code & SOURCE) == 0 ? BESIDE : UNKNOWN);
      }
    }
    return new BpfReach(accepts, asks);
  }

  private static long load(int code, long k, Map<Integer, Integer> known) {
    if ((code & MODE) == IMM) {
      return k;
    }
    if ((code & MODE) == LEN || ((code & MODE) == ABS && k >= FIRST_BESIDE)) {
      return BESIDE;
    }
    if ((code & MODE) != ABS || k > Integer.MAX_VALUE - Integer.BYTES) {
      return UNKNOWN;
    }
    int bytes =
        switch (code & SIZE) {
          case BYTE -> 1;
          case HALF -> 2;
          default -> 4;
        };
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      Integer one = known.get((int) k + i);
      if (one == null) {
        return UNKNOWN;
      }
      value = value << 8 | one;
    }
    return value;
  }

  private static boolean holds(int jump, long a, long k) {
    return switch (jump) {
      case JEQ -> a == k;
      case JGT -> a > k;
      case JGE -> a >= k;
      case JSET -> (a & k) != 0;
      default -> throw new IllegalArgumentException("no jump of BPF: " + jump);
    };
  }

  /** An instruction that is reached with two values is reached with one that is not known. */
  private static void meet(long[] accumulator, long at, long value) {
    if (at < accumulator.length) {
      int i = (int) at;
      accumulator[i] = accumulator[i] == UNREACHED || accumulator[i] == value ? value : UNKNOWN;
    }
  }
}
