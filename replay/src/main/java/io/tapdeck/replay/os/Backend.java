package io.tapdeck.replay.os;

import io.tapdeck.capture.os.OsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The ways in which frames are handed to the kernel. */
public enum Backend {
  /**
   * AF_XDP for top speed, where it goes past nothing that anybody set up; else the packet socket.
   *
   * <p>Why: at top speed AF_XDP is the faster of the two, since the kernel does less for each
   * frame: it does not show it to those who capture on the interface, and passes no queueing
   * discipline. So it is right where there is neither. Paced frames are sent one by one, and take
   * the same time by either, so they take the usual way.
   */
  AUTO,
  /** A packet socket and {@code sendmmsg(2)}: the usual way, on every interface. */
  PACKET,
  /** AF_XDP in copy mode, since Linux 6.17, for an MTU of up to 4,078 bytes. */
  XDP;

  private static final String NO_QUEUE = "noqueue";

  /** Only has a filter for what arrives. */
  private static final String INGRESS = "ingress";

  /**
   * One socket a line: sk, RefCnt, Type, Proto, Iface, ... The path is of the thread's namespace.
   */
  private static final Path PACKET_SOCKETS = Path.of("/proc/thread-self/net/packet");

  private static final int PROTOCOL_COLUMN = 3;
  private static final int INTERFACE_COLUMN = 4;

  /** ETH_P_ALL, as that file writes it. */
  private static final String EVERY_PROTOCOL = "0003";

  /**
   * An interface that was opened.
   *
   * @param backend by which: {@link #PACKET} or {@link #XDP}
   * @param reason why this one, as half a sentence
   */
  public record Opened(InterfaceLink link, Backend backend, String reason) {}

  /** The name that options and figures have for it. */
  public String text() {
    return switch (this) {
      case AUTO -> "auto";
      case PACKET -> "packet";
      case XDP -> "xdp";
    };
  }

  /**
   * Opens an interface of the calling thread's network namespace.
   *
   * @param interfaceName its name, or what the kernel also takes for it
   * @param topSpeed whether the frames will have no deadlines
   * @throws OsException as {@link TransmitSocket#open}; of {@link #XDP} also as {@link
   *     XdpSocket#open}
   */
  public Opened open(String interfaceName, boolean topSpeed) throws OsException {
    return switch (this) {
      case PACKET -> new Opened(TransmitSocket.open(interfaceName), PACKET, "as asked");
      case XDP -> new Opened(XdpSocket.open(interfaceName), XDP, "as asked");
      case AUTO ->
          topSpeed
              ? fastest(TransmitSocket.open(interfaceName))
              : new Opened(TransmitSocket.open(interfaceName), PACKET, "the frames are paced");
    };
  }

  private static Opened fastest(TransmitSocket socket) {
    TargetInterface target = socket.target();
    Optional<String> objection = objectionToXdp(target);
    if (objection.isPresent()) {
      return new Opened(socket, PACKET, objection.get());
    }
    try {
      XdpSocket faster = XdpSocket.open(target.name());
      socket.close();
      return new Opened(faster, XDP, "at top speed it is the faster one");
    } catch (OsException refused) {
      return new Opened(socket, PACKET, "AF_XDP is not to be had: " + refused.getMessage());
    }
  }

  /** What AF_XDP would go past, if anything. */
  private static Optional<String> objectionToXdp(TargetInterface target) {
    String name = target.name();
    try {
      List<String> disciplines = QueueingDisciplines.of(target.index());
      if (!disciplines.contains(NO_QUEUE)) {
        return Optional.of("AF_XDP would go past the queue of " + name);
      }
      for (String discipline : disciplines) {
        if (!discipline.equals(NO_QUEUE) && !discipline.equals(INGRESS)) {
          return Optional.of("AF_XDP would go past " + discipline + " of " + name);
        }
      }
      if (isCaptured(target.index())) {
        return Optional.of("who captures on " + name + " would not see what AF_XDP sends");
      }
      return Optional.empty();
    } catch (IOException unknown) {
      return Optional.of(
          "it cannot be seen what AF_XDP would go past on " + name + ": " + unknown.getMessage());
    }
  }

  private static boolean isCaptured(int ifindex) throws IOException {
    try (Stream<String> lines = Files.lines(PACKET_SOCKETS)) {
      return lines
          .skip(1)
          .map(line -> line.strip().split("\\s+"))
          .filter(columns -> columns.length > INTERFACE_COLUMN)
          .filter(columns -> columns[PROTOCOL_COLUMN].equals(EVERY_PROTOCOL))
          .map(columns -> columns[INTERFACE_COLUMN])
          .anyMatch(index -> index.equals("0") || index.equals(Integer.toString(ifindex)));
    }
  }
}
