package io.tapdeck.web.control;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A connection to the control socket of a running recorder or player. One thread reads; orders may
 * be given by any.
 */
public final class ControlClient implements AutoCloseable {
  private final SocketChannel channel;
  private final Line.Reader reader;

  private ControlClient(SocketChannel channel) {
    this.channel = channel;
    this.reader = new Line.Reader(channel);
  }

  /**
   * Connects.
   *
   * @throws IOException if nobody listens there
   */
  public static ControlClient connect(Path socket) throws IOException {
    return new ControlClient(SocketChannel.open(ControlAddress.of(socket)));
  }

  /**
   * Waits for the next event. The first tells at once how it is.
   *
   * @return empty at the end: the other side has ended, or this one was closed
   * @throws IOException if what comes is no event
   */
  public Optional<ObjectNode> next() throws IOException {
    try {
      return reader.next();
    } catch (java.nio.channels.ClosedChannelException closed) {
      return Optional.empty();
    }
  }

  /**
   * Gives an order: {@code stop} or {@code status}.
   *
   * @throws IOException if nobody takes it any more
   */
  public synchronized void order(String order) throws IOException {
    Line.write(channel, Line.of(JsonNodeFactory.instance.objectNode().put("order", order)));
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
