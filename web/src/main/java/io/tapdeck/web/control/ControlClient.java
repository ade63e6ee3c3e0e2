package io.tapdeck.web.control;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
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
    this.reader = new Line.Reader(channel, Line.LONGEST_EVENT);
  }

  /**
   * Connects.
   *
   * @throws IOException if nobody listens there
   */
  public static ControlClient connect(Path socket) throws IOException {
    try (ControlAddress at = ControlAddress.of(socket)) {
      return new ControlClient(SocketChannel.open(at.address()));
    }
  }

  /**
   * Waits for the next event. The first tells at once how it is.
   *
   * @return empty at the end: the other side has ended, in order if its last event was {@code end},
   *     or was killed, or this one was closed
   * @throws IOException if what comes is no event
   */
  public Optional<ObjectNode> next() throws IOException {
    try {
      return reader.next();
    } catch (ClosedChannelException | SocketException gone) {
      // A reset is how the end of a process shows that had not read its last order.
      return Optional.empty();
    }
  }

  /**
   * Gives an order that its name says all of, such as {@code stop}.
   *
   * @throws IOException if nobody takes it any more
   */
  public void order(String order) throws IOException {
    order(JsonNodeFactory.instance.objectNode().put("order", order));
  }

  /**
   * Gives an order.
   *
   * @param order {@code order} is its name
   * @throws IOException if nobody takes it any more
   */
  public synchronized void order(ObjectNode order) throws IOException {
    Line.write(channel, Line.of(order));
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
