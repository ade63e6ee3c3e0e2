package io.tapdeck.web.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Two network namespaces with a veth between them, over which only what a test sends goes. */
final class RecordingLab {
  static final String SENDING = "tdc-a";
  static final String RECEIVING = "tdc-b";

  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final String ADDRESS = "10.9.0.2";
  private static final String SEND =
      """
      import socket, sys
      s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
      frame = b'x' * int(sys.argv[3])
      for i in range(int(sys.argv[2])):
          try: s.sendto(frame, (sys.argv[1], 9))
          except ConnectionRefusedError: s.sendto(frame, (sys.argv[1], 9))
      """;
  private static final String SEND_TO_ITSELF =
      """
      import socket, sys
      taker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
      taker.bind(('127.0.0.1', 0))
      s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
      for i in range(int(sys.argv[1])): s.sendto(b'x' * int(sys.argv[2]), taker.getsockname())
      """;
  private static final String SEND_TAGGED =
      """
      import socket, struct, sys
      s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
      s.bind((sys.argv[1], 0))
      frame = bytes(6) + bytes.fromhex('020000000001') + struct.pack('!HHH', 0x8100, int(sys.argv[2]), 0x88b5)
      for i in range(int(sys.argv[3])): s.send(frame + bytes(60))
      """;

  private final String sender;
  private final String receiver;

  /**
   * What capinfos says of a file. Its own "data size" is the sum of the original lengths, so that
   * of the capture lengths is what the file has besides headers.
   */
  record Capinfos(long packets, long frameBytes, long fileBytes, String first, String last) {}

  RecordingLab() throws Exception {
    String id = ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet();
    sender = "tdc-s" + id;
    receiver = "tdc-r" + id;
    for (String namespace : List.of(sender, receiver)) {
      run("ip", "netns", "add", namespace);
      inside(namespace, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1");
      inside(namespace, "sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1");
      run("ip", "-n", namespace, "link", "set", "lo", "up");
    }
    addLink();
  }

  /** Makes the link, which must not be there. */
  void addLink() throws Exception {
    run(
        "ip", "-n", sender, "link", "add", SENDING, "type", "veth", "peer", "name", RECEIVING,
        "netns", receiver);
    run("ip", "-n", sender, "address", "add", "10.9.0.1/24", "dev", SENDING);
    run("ip", "-n", receiver, "link", "set", RECEIVING, "up");
    run("ip", "-n", sender, "link", "set", SENDING, "up");
    run(
        "ip",
        "-n",
        sender,
        "neighbour",
        "add",
        ADDRESS,
        "lladdr",
        "02:00:00:00:00:02",
        "dev",
        SENDING);
  }

  String sender() {
    return sender;
  }

  String receiver() {
    return receiver;
  }

  /** Sends UDP datagrams of so many bytes; all have gone out when it returns. */
  void send(int frames, int bytes) throws Exception {
    sendTo(ADDRESS, frames, bytes);
  }

  void sendTo(String address, int frames, int bytes) throws Exception {
    inside(sender, "python3", "-c", SEND, address, "" + frames, "" + bytes);
  }

  /** Sends frames out of the interface whose name says that it receives. */
  void sendBack(int frames) throws Exception {
    inside(receiver, "python3", "-c", SEND_TAGGED, RECEIVING, "1", "" + frames);
  }

  /** Marks the receiving interface as one on which mirrored traffic arrives. */
  void makeTapNic() throws Exception {
    run("ip", "-n", receiver, "link", "set", RECEIVING, "alias", "tapdeck tap-service x");
  }

  Process startSending(int frames, int bytes) throws Exception {
    return new ProcessBuilder(
            "ip", "netns", "exec", sender, "python3", "-c", SEND, ADDRESS, "" + frames, "" + bytes)
        .start();
  }

  /** Sends to the receiver's own loopback interface. */
  void sendInside(int frames, int bytes) throws Exception {
    inside(receiver, "python3", "-c", SEND_TO_ITSELF, "" + frames, "" + bytes);
  }

  /** What ethtool says of the receiving interface. */
  String features() throws Exception {
    return run("ip", "netns", "exec", receiver, "ethtool", "-k", RECEIVING);
  }

  /** Plays a file from the sending interface, until it is closed. */
  Sender replay(Path file, int perSecond) throws Exception {
    return new Sender(
        new ProcessBuilder(
                TapdeckCommand.quick(
                    List.of(
                        "replay",
                        "-i",
                        SENDING,
                        "--netns",
                        sender,
                        "--pps",
                        "" + perSecond,
                        file.toString())))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start());
  }

  /** Somebody who sends. */
  record Sender(Process process) implements AutoCloseable {
    boolean isAlive() {
      return process.isAlive();
    }

    @Override
    public void close() {
      process.destroyForcibly().onExit().join();
    }
  }

  void sendTagged(int vlan, int frames) throws Exception {
    inside(sender, "python3", "-c", SEND_TAGGED, SENDING, "" + vlan, "" + frames);
  }

  void deleteLink() throws Exception {
    run("ip", "-n", receiver, "link", "del", RECEIVING);
  }

  void setUp() throws Exception {
    run("ip", "-n", receiver, "link", "set", RECEIVING, "up");
  }

  void setDown() throws Exception {
    run("ip", "-n", receiver, "link", "set", RECEIVING, "down");
  }

  void mountSmallDisk(Path directory, String size) throws Exception {
    run("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", directory.toString());
  }

  /** Makes a file system in a file, and mounts it. */
  void mountFileSystem(Path file, String size, Path directory) throws Exception {
    run("truncate", "-s", size, file.toString());
    run("mkfs.ext4", "-q", "-m", "0", file.toString());
    run("mount", "-o", "loop", file.toString(), directory.toString());
  }

  void unmount(Path directory) throws Exception {
    run("umount", directory.toString());
  }

  /** Removes the namespaces and what is in them. */
  void remove() throws Exception {
    run("ip", "netns", "del", sender);
    run("ip", "netns", "del", receiver);
  }

  static Capinfos capinfos(Path file) throws Exception {
    String[] columns =
        run("capinfos", "-TMrQ", "-c", "-s", "-a", "-e", file.toString()).split("\t", -1);
    List<String> values = new ArrayList<>();
    for (String column : columns) {
      values.add(column.strip().replace("\"", ""));
    }
    long packets = Long.parseLong(values.get(1));
    long fileBytes = Long.parseLong(values.get(2));
    return new Capinfos(
        packets,
        fileBytes - 24 - 16 * packets,
        fileBytes,
        values.get(3).replace(' ', 'T') + "Z",
        values.get(4).replace(' ', 'T') + "Z");
  }

  /** The arguments with an option's value replaced, or added if it is not there. */
  static String[] override(String[] arguments, String option) {
    List<String> all = new ArrayList<>(List.of(arguments));
    String[] parts = option.split("[ =]", 2);
    int at = all.indexOf(parts[0]);
    if (at >= 0) {
      all.set(at + 1, parts[1]);
    } else {
      all.addAll(List.of(parts));
    }
    return all.toArray(String[]::new);
  }

  /** Runs a command that must succeed, and returns what it says. */
  static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(String.join(" ", command) + ": " + output).isZero();
    return output;
  }

  /** How many frames of a file tshark's display filter finds. */
  static long count(Path file, String displayFilter) throws Exception {
    return run(
            "tshark",
            "-r",
            file.toString(),
            "-Y",
            displayFilter,
            "-T",
            "fields",
            "-e",
            "frame.number")
        .lines()
        .filter(line -> line.matches("\\d+"))
        .count();
  }

  private static void inside(String namespace, String... command) throws Exception {
    List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
    all.addAll(List.of(command));
    run(all.toArray(String[]::new));
  }
}
