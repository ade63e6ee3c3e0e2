package io.tapdeck.web.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;

/** Two namespaces with a veth between them, over which nothing goes but what a test plays. */
final class Veth implements AutoCloseable {
  static final String NEAR = "near0";
  private static final String FAR = "far0";

  private final String far = Lab.PREFIX + "-far";

  Veth() {
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
    Command.run(
        "ip", "-n", near(), "link", "add", NEAR, "type", "veth", "peer", "name", FAR, "netns", far);
    Command.run("ip", "-n", near(), "link", "set", NEAR, "up");
    Command.run("ip", "-n", far, "link", "set", FAR, "up");
  }

  String near() {
    return Lab.PREFIX + "-near";
  }

  String far() {
    return far;
  }

  String farInterface() {
    return FAR;
  }

  /** Captures all that arrives at the far end; it is ready when this returns. */
  Command capture(Path file) {
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
                FAR,
                "-n",
                "-U",
                "-B",
                "65536",
                "-w",
                file.toString()));
    tcpdump.awaitOutput(text -> text.contains("listening on"));
    return tcpdump;
  }

  @Override
  public void close() {
    Command.run("ip", "netns", "del", near());
    Command.run("ip", "netns", "del", far);
    assertThat(Command.run("ip", "netns", "list").lines())
        .noneMatch(line -> line.equals(far) || line.startsWith(far + " "));
  }
}
