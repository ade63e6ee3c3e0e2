package io.tapdeck.capture.os;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Options of a packet socket (packet(7), socket(7)) that libpcap owns.
 *
 * @param descriptor the socket; closing it is its owner's business
 */
public record PacketSocket(int descriptor) {
  /** Stands for a socket where there is none: every option of it is refused. */
  public static final PacketSocket NONE = new PacketSocket(-1);

  /** The longest program that the kernel takes, in instructions. */
  public static final int MAX_INSTRUCTIONS = 4096;

  private static final int INSTRUCTION_BYTES = 8;

  /** {@code ret #0}: BPF_RET | BPF_K with k = 0. */
  private static final byte[] NOTHING = {6, 0, 0, 0, 0, 0, 0, 0};

  private static final int SOL_SOCKET = 1;
  private static final int SO_ATTACH_FILTER = 26;
  private static final int SOL_PACKET = 263;
  private static final int PACKET_IGNORE_OUTGOING = 23;

  /** {@code struct sock_fprog}: an unsigned short, padding, a pointer. */
  private static final int PROGRAM_BYTES = 16;

  private static final int PROGRAM_FILTER = 8;

  /**
   * Lets only those frames in that a program accepts, from now on; what is in the ring stays there.
   *
   * @param instructions {@code struct sock_filter}, 8 bytes each, at most {@link #MAX_INSTRUCTIONS}
   */
  public void attachFilter(byte[] instructions) throws OsException {
    try (Memory filter = new Memory(instructions.length);
        Memory program = new Memory(PROGRAM_BYTES)) {
      filter.write(0, instructions, 0, instructions.length);
      program.clear();
      program.setShort(0, (short) (instructions.length / INSTRUCTION_BYTES));
      program.setPointer(PROGRAM_FILTER, filter);
      set("attach a filter", SOL_SOCKET, SO_ATTACH_FILTER, program, PROGRAM_BYTES);
    }
  }

  /** Lets no further frame in: the kernel neither counts nor keeps them for this socket. */
  public void rejectAll() throws OsException {
    attachFilter(NOTHING);
  }

  /** Lets no frames in that this machine sends out of the interface. */
  public void ignoreOutgoing() throws OsException {
    try (Memory on = new Memory(Integer.BYTES)) {
      on.setInt(0, 1);
      set("ignore outgoing frames", SOL_PACKET, PACKET_IGNORE_OUTGOING, on, Integer.BYTES);
    }
  }

  /**
   * How many bytes of ring are mapped: no socket option tells, but the process's memory map does.
   *
   * @return 0 if it cannot be told
   */
  public long ringBytes() throws IOException {
    String socket = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
    try (Stream<String> mappings = Files.lines(Path.of("/proc/self/maps"))) {
      return mappings.filter(line -> line.endsWith(" " + socket)).mapToLong(this::mapped).sum();
    }
  }

  /** The size of a mapping, whose line begins with its two addresses. */
  private long mapped(String line) {
    int dash = line.indexOf('-');
    long from = Long.parseUnsignedLong(line, 0, dash, 16);
    long to = Long.parseUnsignedLong(line, dash + 1, line.indexOf(' '), 16);
    return to - from;
  }

  private void set(String what, int level, int option, Pointer value, int length)
      throws OsException {
    try {
      LibC.setsockopt(descriptor, level, option, value, length);
    } catch (LastErrorException failed) {
      throw new OsException(what, failed.getErrorCode());
    }
  }
}
