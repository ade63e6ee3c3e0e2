package io.tapdeck.web.control;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The control socket of this process. Who connects is told at once how it is, then twice a second
 * if that has changed, and every event between. Orders are taken from each: {@code
 * {"order":"status"}}, and those that the process knows. Nobody who listens, or does not, holds up
 * what this process does: it has threads of its own, and drops who does not read.
 */
public final class ControlServer implements AutoCloseable {
  private static final int MOST_CLIENTS = 16;
  private static final Duration INTERVAL = Duration.ofMillis(500);

  /** See inode(7). */
  private static final int FILE_TYPE = 0170000;

  private static final int SOCKET_TYPE = 0140000;

  /** How long the last event may take to go out. */
  private static final Duration FAREWELL = Duration.ofSeconds(1);

  private final Path socket;
  private final ServerSocketChannel listening;
  private final Supplier<ObjectNode> status;
  private final Map<String, Order> orders;
  private final Set<ControlledClient> clients = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closing = new CountDownLatch(1);

  /** Tells this server's file from another that has been put in its place. */
  private final Object inode;

  private ControlServer(
      Path socket,
      ServerSocketChannel listening,
      Object inode,
      Supplier<ObjectNode> status,
      Map<String, Order> orders) {
    this.socket = socket;
    this.listening = listening;
    this.inode = inode;
    this.status = status;
    this.orders = orders;
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
    return open(socket, status, Map.of("stop", order -> stop.run()));
  }

  /**
   * The same, of one that can be told more.
   *
   * @param orders by their names
   */
  public static ControlServer open(
      Path socket, Supplier<ObjectNode> status, Map<String, Order> orders) throws IOException {
    removeStale(socket);
    ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    Object inode;
    try (ControlAddress at = ControlAddress.of(socket)) {
      var _ = listening.bind(at.address(), MOST_CLIENTS);
      var _ = Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
      inode = inode(socket);
    } catch (IOException unusable) {
      listening.close();
      throw new IOException(
          "cannot listen at %s: %s".formatted(socket, reason(unusable)), unusable);
    }
    ControlServer server = new ControlServer(socket, listening, inode, status, Map.copyOf(orders));
    Thread.ofVirtual().name("control-accept").start(server::accept);
    Thread.ofVirtual().name("control-status").start(server::tick);
    return server;
  }

  private static void removeStale(Path socket) throws IOException {
    if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    int mode = (int) Files.getAttribute(socket, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    if ((mode & FILE_TYPE) != SOCKET_TYPE) {
      throw new IOException(socket + " is no socket: choose another path for it");
    }
    if (!isStale(socket)) {
      throw new IOException("another process listens at " + socket + ": choose another path");
    }
    Files.deleteIfExists(socket);
  }

  /** Only a refusal says that nobody listens; one who may not be asked, or is slow, does. */
  private static boolean isStale(Path socket) throws IOException {
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX);
        ControlAddress at = ControlAddress.of(socket)) {
      // Connecting to one who is too busy to accept would wait for him.
      probe.configureBlocking(false);
      probe.connect(at.address());
      return false;
    } catch (ConnectException nobody) {
      return true;
    } catch (SocketException unknown) {
      return false;
    }
  }

  private static Object inode(Path file) throws IOException {
    return Files.getAttribute(file, "unix:fileKey", LinkOption.NOFOLLOW_LINKS);
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
    seal();
    publish(event);
    close();
  }

  @Override
  public void close() {
    seal();
    try {
      // First, so that who comes now finds nobody, and not somebody who says nothing.
      removeOwn();
      listening.close();
    } catch (IOException gone) {
      // It is closed as far as it can be.
    }
    List<ControlledClient> leaving = List.copyOf(clients);
    long deadline = System.nanoTime() + FAREWELL.toNanos();
    leaving.forEach(ControlledClient::finish);
    for (ControlledClient client : leaving) {
      client.awaitFinished(deadline - System.nanoTime());
    }
  }

  /** Nobody is let in any more: who is in now is in the set, and hears the end. */
  private void seal() {
    synchronized (clients) {
      closing.countDown();
    }
  }

  private void removeOwn() throws IOException {
    if (listening.isOpen()
        && Files.exists(socket, LinkOption.NOFOLLOW_LINKS)
        && inode(socket).equals(inode)) {
      Files.delete(socket);
    }
  }

  private void accept() {
    try {
      do {
        acceptOne();
      } while (true);
    } catch (ClosedChannelException closed) {
      // It is over.
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  private void acceptOne() throws ClosedChannelException, InterruptedException {
    SocketChannel channel;
    try {
      channel = listening.accept();
    } catch (ClosedChannelException closed) {
      throw closed;
    } catch (IOException noDescriptor) {
      // There will be one again, but not at once.
      var _ = closing.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
      return;
    }
    try {
      welcome(channel);
    } catch (IOException | RuntimeException notToBeTold) {
      // That one is gone; the next may come.
      close(channel);
    }
  }

  private void welcome(SocketChannel channel) throws IOException {
    ControlledClient client = new ControlledClient(channel, this::obey, clients::remove);
    client.tellStatus(status.get());
    synchronized (clients) {
      if (closing.getCount() == 0 || clients.size() >= MOST_CLIENTS) {
        channel.close();
        return;
      }
      clients.add(client);
    }
    client.start();
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException closed) {
      // Closed is what it is to be.
    }
  }

  private void obey(ControlledClient client, ObjectNode order) {
    String name = order.path("order").asText("");
    Order known = orders.get(name);
    if (known != null) {
      try {
        known.obey(order);
      } catch (IllegalArgumentException senseless) {
        refuse(client, String.valueOf(senseless.getMessage()));
      }
    } else if (name.equals("status")) {
      client.tell(Line.of(status.get()));
    } else {
      refuse(
          client,
          "no such order: give "
              + String.join(", ", new TreeSet<>(orders.keySet()))
              + " or status");
    }
  }

  private static void refuse(ControlledClient client, String detail) {
    client.tell(
        Line.of(
            JsonNodeFactory.instance.objectNode().put("event", "refused").put("detail", detail)));
  }

  private void tick() {
    try {
      while (!closing.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
        if (!clients.isEmpty()) {
          ObjectNode now = status.get();
          clients.forEach(client -> client.tellStatus(now));
        }
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }
}
