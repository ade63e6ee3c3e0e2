package io.tapdeck.web.control;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One who is connected to a control socket: what it is told waits here until it has read it. */
final class ControlledClient {
  /** Two minutes of status; who is further behind does not read. */
  private static final int MOST_WAITING = 256;

  private static final byte[] END = new byte[0];

  private final SocketChannel channel;
  private final BiConsumer<ControlledClient, ObjectNode> orders;
  private final Consumer<ControlledClient> gone;
  private final BlockingQueue<byte[]> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
  private final CountDownLatch finished = new CountDownLatch(1);
  private @Nullable ObjectNode lastStatus;

  /**
   * @param orders called with each order; what is no order comes as an empty one
   * @param gone called once it is disconnected
   */
  ControlledClient(
      SocketChannel channel,
      BiConsumer<ControlledClient, ObjectNode> orders,
      Consumer<ControlledClient> gone) {
    this.channel = channel;
    this.orders = orders;
    this.gone = gone;
  }

  void start() {
    Thread.ofVirtual().name("control-tell").start(this::write);
    Thread.ofVirtual().name("control-orders").start(this::read);
  }

  /** Tells it a line, soon; drops it if it does not read. */
  void tell(byte[] line) {
    if (!waiting.offer(line)) {
      disconnect();
    }
  }

  /** Tells it a status, unless that is what it was told last. */
  void tellStatus(ObjectNode status) {
    if (!status.equals(lastStatus)) {
      lastStatus = status;
      tell(Line.of(status));
    }
  }

  /** Tells it nothing more after what waits. */
  void finish() {
    tell(END);
  }

  void awaitFinished(long nanos) {
    try {
      if (!finished.await(nanos, TimeUnit.NANOSECONDS)) {
        disconnect();
      }
    } catch (InterruptedException hurry) {
      disconnect();
      Thread.currentThread().interrupt();
    }
  }

  private void write() {
    try {
      for (byte[] line = waiting.take(); line.length > 0; line = waiting.take()) {
        Line.write(channel, line);
      }
    } catch (IOException closed) {
      // It has gone, or was dropped.
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    } finally {
      disconnect();
      finished.countDown();
    }
  }

  private void read() {
    Line.Reader reader = new Line.Reader(channel, Line.LONGEST_ORDER);
    try {
      while (true) {
        ObjectNode order;
        try {
          Optional<ObjectNode> line = reader.next();
          if (line.isEmpty()) {
            // It has no more orders, and may still listen.
            return;
          }
          order = line.get();
        } catch (MalformedLineException malformed) {
          order = JsonNodeFactory.instance.objectNode();
        }
        orders.accept(this, order);
      }
    } catch (IOException broken) {
      // It was dropped, or does not keep to lines.
      disconnect();
    }
  }

  private void disconnect() {
    gone.accept(this);
    try {
      channel.close();
    } catch (IOException closed) {
      // Closed is what it is to be.
    }
  }
}
