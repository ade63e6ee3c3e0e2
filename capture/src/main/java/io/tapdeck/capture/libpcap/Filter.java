package io.tapdeck.capture.libpcap;

/**
 * A filter expression (pcap-filter(7)) compiled to classic BPF.
 *
 * @param instructions {@code struct bpf_insn}, 8 bytes each, in this machine's byte order
 */
@SuppressWarnings("ArrayRecordComponent") // a program, handed on as it is and never compared
public record Filter(byte[] instructions) {
  /** Bytes of one {@code struct bpf_insn}. */
  public static final int INSTRUCTION_BYTES = 8;

  /** How many instructions it has. */
  public int length() {
    return instructions.length / INSTRUCTION_BYTES;
  }
}
