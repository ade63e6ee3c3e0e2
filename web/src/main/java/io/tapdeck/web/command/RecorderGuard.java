package io.tapdeck.web.command;

import io.tapdeck.capture.netif.NetworkInterface;
import io.tapdeck.replay.TargetGuard;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Keeps replay off interfaces that a recorder of ours records, whoever started it: what is sent
 * would be in the recording. The kernel knows the packet sockets of a network namespace and what
 * interface they are bound to, and /proc whose they are; who may not look into other users'
 * processes does not see theirs. Other programs that capture there, to watch, are nobody's harm.
 */
final class RecorderGuard implements TargetGuard {
  private static final Path PROCESSES = Path.of("/proc");

  /**
   * Those of the calling thread's network namespace, a line each after the first: sk, RefCnt, Type,
   * Proto, Iface, R, Rmem, User, Inode.
   */
  private static final Path PACKET_SOCKETS = Path.of("/proc/thread-self/net/packet");

  private static final int PROTOCOL = 3;
  private static final int INTERFACE = 4;
  private static final int INODE = 8;

  /** ETH_P_ALL, as the kernel writes it there: every frame. */
  private static final String EVERY_FRAME = "0003";

  @Override
  public Optional<String> objection(String interfaceName) {
    try {
      Set<String> sockets = sockets(new NetworkInterface(interfaceName).index());
      return sockets.isEmpty()
          ? Optional.empty()
          : recorder(sockets).map(pid -> interfaceName + " is being recorded by process " + pid);
    } catch (IOException | DirectoryIteratorException untold) {
      return Optional.empty();
    }
  }

  /** The sockets that get the interface's frames, as links of descriptors name them. */
  private static Set<String> sockets(int ifindex) throws IOException {
    try (Stream<String> lines = Files.lines(PACKET_SOCKETS)) {
      return lines
          .skip(1)
          .map(line -> line.strip().split("\\s+"))
          .filter(columns -> columns.length > INODE)
          .filter(columns -> columns[PROTOCOL].equals(EVERY_FRAME))
          .filter(columns -> columns[INTERFACE].equals(Integer.toString(ifindex)))
          .map(columns -> "socket:[" + columns[INODE] + "]")
          .collect(Collectors.toSet());
    }
  }

  private static Optional<String> recorder(Set<String> sockets) throws IOException {
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROCESSES, "[1-9]*")) {
      for (Path process : processes) {
        if (isRecorder(process) && holds(process, sockets)) {
          return Optional.of(process.getFileName().toString());
        }
      }
    }
    return Optional.empty();
  }

  /** Whether its command line is ours, as launcher, appliance and tests start it. */
  private static boolean isRecorder(Path process) {
    List<String> words;
    try {
      words =
          List.of(
              Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1)
                  .split("\0", -1));
    } catch (IOException gone) {
      return false;
    }
    for (int i = 0; i + 1 < words.size(); i++) {
      String word = words.get(i);
      if ((word.endsWith("tapdeck.jar") || word.equals(Tapdeck.class.getName()))
          && words.get(i + 1).equals("record")) {
        return true;
      }
    }
    return false;
  }

  private static boolean holds(Path process, Set<String> sockets) {
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path descriptor : descriptors) {
        if (sockets.contains(link(descriptor))) {
          return true;
        }
      }
    } catch (IOException | DirectoryIteratorException gone) {
      return false;
    }
    return false;
  }

  private static String link(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException closed) {
      return "";
    }
  }
}
