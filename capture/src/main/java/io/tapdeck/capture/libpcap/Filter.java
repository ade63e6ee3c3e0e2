package io.tapdeck.capture.libpcap;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A filter expression (pcap-filter(7)) compiled to classic BPF.
 *
 * @param instructions {@code struct bpf_insn}, 8 bytes each, in this machine's byte order
 */
@SuppressWarnings("ArrayRecordComponent") // a program, handed on as it is and never compared
public record Filter(byte[] instructions) {
  /** Bytes of one {@code struct bpf_insn}. */
  public static final int INSTRUCTION_BYTES = 8;

  /** {@code struct bpf_program}: the number of instructions, and where they are. */
  private static final long PROGRAM_BYTES = 16;

  private static final long PROGRAM_INSTRUCTIONS = 8;

  /** How many instructions it has. */
  public int length() {
    return instructions.length / INSTRUCTION_BYTES;
  }

  /** Compiles for a handle of libpcap's, live or dead; empty means every frame. */
  static Filter compile(MemorySegment handle, String expression) throws PcapException {
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment program = scratch.allocate(PROGRAM_BYTES, JAVA_LONG.byteAlignment());
      LibPcap.check(LibPcap.compile(handle, program, scratch.allocateFrom(expression)), handle);
      try {
        long bytes = (long) program.get(JAVA_INT, 0) * INSTRUCTION_BYTES;
        return new Filter(
            program.get(ADDRESS, PROGRAM_INSTRUCTIONS).reinterpret(bytes).toArray(JAVA_BYTE));
      } finally {
        LibPcap.freecode(program);
      }
    }
  }
}
