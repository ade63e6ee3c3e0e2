package io.tapdeck.provisioner.ovsdb;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The control socket of an Open vSwitch daemon: what ovs-appctl(8) talks to, without a process for
 * each question. A connection a question, so a daemon that was restarted is no special case.
 *
 * @param path the daemon's {@code .ctl} socket
 * @param timeout how long a question may take
 */
public record ControlSocket(Path path, Duration timeout) {
  /**
   * Asks, for example {@code ask("bridge/dump-flows", "brtap")}.
   *
   * @return what {@code ovs-appctl} would print
   * @throws IOException if the daemon cannot be reached or refuses; the message is the daemon's
   */
  public String ask(String command, String... arguments) throws IOException, InterruptedException {
    try (JsonRpcConnection connection =
        JsonRpcConnection.open(new Endpoint.Unix(path), timeout, (method, parameters) -> {})) {
      return connection.call(command, JsonValues.texts(List.of(arguments)), timeout).asText();
    }
  }
}
