package io.tapdeck.web.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Two namespaces with a veth between them, over which nothing goes but what a test plays. */
final class Veth implements AutoCloseable {
  static final String NEAR = "near0";
  private static final String FAR = "far0";

  private final String near;
  private final String far;

  Veth() {
    this("");
  }

  /** One of several. */
  Veth(String name) {
    near = Lab.PREFIX + name + "-near";
    far = Lab.PREFIX + name + "-far";
    for (String namespace : List.of(near(), far)) {
      Command.run("ip", "netns", "add", namespace);
      Command.run(
          "ip",
          "netns",
          "exec",
          namespace,
          "sysctl",
          "-qw",
          "net.ipv6.conf.default.disable_ipv6=1");
    }
    addPair(NEAR, FAR);
  }

  /** One more pair between the two. */
  void addPair(String nearName, String farName) {
    String[] add =
        "link add %s type veth peer name %s netns %s"
            .formatted(nearName, farName, far)
            .split(" ", -1);
    ip(near, add);
    ip(near, "link", "set", nearName, "up");
    ip(far, "link", "set", farName, "up");
  }

  private static void ip(String namespace, String... words) {
    List<String> all = new ArrayList<>(List.of("ip", "-n", namespace));
    all.addAll(List.of(words));
    Command.run(all.toArray(String[]::new));
  }

  String near() {
    return near;
  }

  String far() {
    return far;
  }

  String farInterface() {
    return FAR;
  }

  /** Captures all that arrives at the far end; it is ready when this returns. */
  Command capture(Path file) {
    return capture(FAR, file);
  }

  /** The same at another interface of the far end. */
  Command capture(String name, Path file) {
    Command tcpdump =
        Command.start(
            java.util.Map.of(),
            List.of(
                "ip",
                "netns",
                "exec",
                far,
                "tcpdump",
                "-i",
                name,
                "-n",
                "-U",
                "-B",
                "65536",
                "--time-stamp-precision=nano",
                "-w",
                file.toString()));
    tcpdump.awaitOutput(text -> text.contains("listening on"));
    return tcpdump;
  }

  /** Runs a command at the far end. */
  Command.Result atFarEnd(String... words) {
    List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", far));
    all.addAll(List.of(words));
    return Command.run(java.util.Map.of(), all);
  }

  /** Frames that have arrived at the far end. */
  long received() {
    return Long.parseLong(
        atFarEnd("cat", "/sys/class/net/" + FAR + "/statistics/rx_packets").out().strip());
  }

  @Override
  public void close() {
    Command.run("ip", "netns", "del", near());
    Command.run("ip", "netns", "del", far);
    assertThat(Command.run("ip", "netns", "list").lines())
        .noneMatch(line -> line.equals(far) || line.startsWith(far + " "));
  }
}
