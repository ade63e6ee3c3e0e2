package io.tapdeck.web.privilege;

import io.tapdeck.web.starter.Answer;
import io.tapdeck.web.starter.Message;
import io.tapdeck.web.starter.Order;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import jdk.net.ExtendedSocketOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes orders at a socket, from one account and from nobody else: one on each connection. What is
 * no order is refused, with a line in the log, and the next is listened to.
 */
final class OrderServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OrderServer.class);

  /** More than all jobs that there can be, each of which has one until it ends. */
  private static final int MOST_CLIENTS = 128;

  /** How long an order may take to come in. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final ServerSocketChannel listening;
  private final Account account;
  private final OrderedWork work;
  private final Semaphore room = new Semaphore(MOST_CLIENTS);

  private OrderServer(ServerSocketChannel listening, Account account, OrderedWork work) {
    this.listening = listening;
    this.account = account;
    this.work = work;
  }

  /**
   * Listens from now on.
   *
   * @param socket its path, in a directory that nobody else can write to
   * @param account who may give orders
   */
  static OrderServer open(Path socket, Account account, OrderedWork work) throws IOException {
    ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      var _ = listening.bind(UnixDomainSocketAddress.of(socket), MOST_CLIENTS);
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
      Files.getFileAttributeView(socket, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
          .setOwner(account.principal());
    } catch (IOException unusable) {
      listening.close();
      throw unusable;
    }
    OrderServer server = new OrderServer(listening, account, work);
    Thread.ofVirtual().name("orders").start(server::accept);
    return server;
  }

  private void accept() {
    while (listening.isOpen()) {
      try {
        SocketChannel channel = listening.accept();
        if (isAllowed(channel) && room.tryAcquire()) {
          Thread.ofVirtual().name("order").start(() -> serve(channel));
        } else {
          channel.close();
        }
      } catch (ClosedChannelException closed) {
        return;
      } catch (IOException failed) {
        LOG.warn("an order could not be taken: {}", failed.toString());
        pause();
      }
    }
  }

  /** There will be descriptors again, but not at once. */
  private static void pause() {
    try {
      Thread.sleep(PATIENCE.dividedBy(10));
    } catch (InterruptedException ending) {
      Thread.currentThread().interrupt();
    }
  }

  /** The kernel tells who is at the other end, unix(7). */
  private boolean isAllowed(SocketChannel channel) throws IOException {
    var peer = channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
    if (peer.equals(account.principal())) {
      return true;
    }
    LOG.warn("user {} tried to give an order: refused", peer);
    return false;
  }

  private void serve(SocketChannel channel) {
    try (channel) {
      OutputStream out = Channels.newOutputStream(channel);
      try {
        work.obey(Order.of(read(channel)), answer -> answer.write(out));
      } catch (IllegalArgumentException malformed) {
        LOG.warn("refused an order: {}", plain(malformed));
        Answer.refused("the starter refuses that: " + malformed.getMessage()).write(out);
      } catch (OrderRefusedException refused) {
        LOG.info("refused an order: {}", plain(refused));
        Answer.refused(String.valueOf(refused.getMessage())).write(out);
      }
    } catch (IOException gone) {
      LOG.debug("an order came to nothing: {}", gone.toString());
    } catch (InterruptedException ending) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException mistake) {
      LOG.error("an order failed", mistake);
    } finally {
      room.release();
    }
  }

  /** Whoever does not say what he wants in time is let go. */
  private static Message read(SocketChannel channel) throws IOException {
    Thread impatience =
        Thread.ofVirtual()
            .start(() -> {
              try {
                Thread.sleep(PATIENCE);
                channel.close();
              } catch (InterruptedException inTime) {
                Thread.currentThread().interrupt();
              } catch (IOException gone) {
                LOG.trace("it was closed already", gone);
              }
            });
    try {
      return Message.read(Channels.newInputStream(channel));
    } finally {
      impatience.interrupt();
    }
  }

  private static String plain(Exception told) {
    String text = String.valueOf(told.getMessage()).replaceAll("\\p{Cntrl}", "?");
    return text.substring(0, Math.min(300, text.length()));
  }

  /** Takes no more orders. What was started goes on. */
  @Override
  public void close() {
    try {
      listening.close();
    } catch (IOException gone) {
      LOG.trace("it was closed already", gone);
    }
  }
}
