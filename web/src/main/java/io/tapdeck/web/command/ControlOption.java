package io.tapdeck.web.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapdeck.web.control.ControlServer;
import io.tapdeck.web.control.Order;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The control socket of a command that runs long, if one is wanted. */
class ControlOption implements AutoCloseable {
  @Option(
      names = "--control",
      paramLabel = "SOCKET",
      description =
          "Tells how it is, in lines of JSON, to who connects to this Unix socket, and takes orders"
              + " there, such as {\"order\":\"stop\"} and {\"order\":\"status\"} (default: none).")
  private @Nullable Path socket;

  private @Nullable ControlServer server;

  /**
   * Listens, if that is wanted.
   *
   * @param status tells how it is, as an event
   * @param orders by their names
   */
  void open(Supplier<ObjectNode> status, Map<String, Order> orders) {
    if (socket == null) {
      return;
    }
    try {
      server = ControlServer.open(socket.toAbsolutePath().normalize(), status, orders);
    } catch (IOException unusable) {
      throw new RefusedException(String.valueOf(unusable.getMessage()), unusable);
    }
  }

  /** Whether there is a socket to take orders by. */
  boolean takesOrders() {
    return socket != null;
  }

  /** Tells an event. */
  void publish(ObjectNode event) {
    if (server != null) {
      server.publish(event);
    }
  }

  /** Tells the last event, and closes. */
  void end(ObjectNode event) {
    if (server != null) {
      server.end(event);
    }
  }

  @Override
  public void close() {
    if (server != null) {
      server.close();
    }
  }
}
