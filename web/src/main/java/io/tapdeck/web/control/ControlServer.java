package io.tapdeck.web.control;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The control socket of this process. Who connects is told at once how it is, then twice a second,
 * and every event between. Orders are taken from each: {@code {"order":"stop"}} and {@code
 * {"order":"status"}}. Nobody who listens, or does not, holds up what this process does: it has
 * threads of its own, and drops who does not read.
 */
public final class ControlServer implements AutoCloseable {
  private static final int MOST_CLIENTS = 16;
  private static final Duration INTERVAL = Duration.ofMillis(500);

  /** How long the last event may take to go out. */
  private static final Duration FAREWELL = Duration.ofSeconds(1);

  private final Path socket;
  private final ServerSocketChannel listening;
  private final Supplier<ObjectNode> status;
  private final Runnable stop;
  private final Set<ControlledClient> clients = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closing = new CountDownLatch(1);

  private ControlServer(
      Path socket, ServerSocketChannel listening, Supplier<ObjectNode> status, Runnable stop) {
    this.socket = socket;
    this.listening = listening;
    this.status = status;
    this.stop = stop;
  }

  /**
   * Listens from now on. What a process that was killed left at the path is replaced.
   *
   * @param socket its path; only this user can connect to it
   * @param status tells how it is, as a {@code progress} event
   * @param stop asks it to come to its end, without waiting; may be called again
   * @throws IOException if the path cannot be used, or another process listens there
   */
  public static ControlServer open(Path socket, Supplier<ObjectNode> status, Runnable stop)
      throws IOException {
    UnixDomainSocketAddress address = ControlAddress.of(socket);
    removeStale(socket);
    ServerSocketChannel listening = ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX);
    try {
      var _ = listening.bind(address, MOST_CLIENTS);
      var _ = Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException unusable) {
      listening.close();
      throw new IOException(
          "cannot listen at %s: %s".formatted(socket, reason(unusable)), unusable);
    }
    ControlServer server = new ControlServer(socket, listening, status, stop);
    Thread.ofVirtual().name("control-accept").start(server::accept);
    Thread.ofVirtual().name("control-status").start(server::tick);
    return server;
  }

  private static void removeStale(Path socket) throws IOException {
    Optional<BasicFileAttributes> there = attributes(socket);
    if (there.isEmpty()) {
      return;
    }
    if (!there.get().isOther()) {
      throw new IOException(socket + " is no socket: choose another path for it");
    }
    try {
      SocketChannel.open(ControlAddress.of(socket)).close();
    } catch (IOException nobody) {
      Files.deleteIfExists(socket);
      return;
    }
    throw new IOException("another process listens at " + socket + ": choose another path");
  }

  private static Optional<BasicFileAttributes> attributes(Path file) {
    try {
      return Optional.of(
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
    } catch (IOException absent) {
      return Optional.empty();
    }
  }

  private static String reason(IOException failure) {
    String reason = failure instanceof FileSystemException file ? file.getReason() : null;
    return reason == null ? String.valueOf(failure.getMessage()) : reason;
  }

  /** Tells everybody. Does not wait for anybody. */
  public void publish(ObjectNode event) {
    byte[] line = Line.of(event);
    for (ControlledClient client : clients) {
      client.tell(line);
    }
  }

  /** Tells everybody the last there is to tell, and closes. */
  public void end(ObjectNode event) {
    closing.countDown();
    publish(event);
    close();
  }

  @Override
  public void close() {
    closing.countDown();
    try {
      // First, so that who comes now finds nobody, and not somebody who says nothing.
      Files.deleteIfExists(socket);
      listening.close();
    } catch (IOException gone) {
      // It is closed as far as it can be.
    }
    long deadline = System.nanoTime() + FAREWELL.toNanos();
    clients.forEach(ControlledClient::finish);
    for (ControlledClient client : clients) {
      client.awaitFinished(deadline - System.nanoTime());
    }
  }

  private void accept() {
    while (true) {
      try {
        SocketChannel channel = listening.accept();
        if (clients.size() >= MOST_CLIENTS) {
          channel.close();
        } else {
          welcome(channel);
        }
      } catch (ClosedChannelException closed) {
        return;
      } catch (IOException lost) {
        // That one is gone; the next may come.
      }
    }
  }

  private void welcome(SocketChannel channel) {
    ControlledClient client = new ControlledClient(channel, this::obey, clients::remove);
    client.tell(Line.of(status.get()));
    clients.add(client);
    client.start();
  }

  private void obey(ControlledClient client, String order) {
    switch (order) {
      case "stop" -> stop.run();
      case "status" -> client.tell(Line.of(status.get()));
      default ->
          client.tell(
              Line.of(
                  JsonNodeFactory.instance
                      .objectNode()
                      .put("event", "refused")
                      .put("detail", "no such order: give stop or status")));
    }
  }

  private void tick() {
    try {
      while (!closing.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
        publish(status.get());
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }
}
