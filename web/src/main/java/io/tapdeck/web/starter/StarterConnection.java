package io.tapdeck.web.starter;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;

/** A connection to the privileged starter: one order, and what it answers. */
final class StarterConnection implements AutoCloseable {
  private final SocketChannel channel;

  private StarterConnection(SocketChannel channel) {
    this.channel = channel;
  }

  /**
   * @throws IOException with a sentence, if nobody is there
   */
  static StarterConnection open(Path socket) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
      return new StarterConnection(channel);
    } catch (IOException absent) {
      channel.close();
      throw new IOException(
          "the privileged part of 'tapdeck serve' does not answer: start it again", absent);
    }
  }

  /** Gives an order, and waits so long for the answer. */
  Message ask(Message order, Duration patience) throws IOException {
    Thread impatience =
        Thread.ofVirtual()
            .start(() -> {
              try {
                Thread.sleep(patience);
                close();
              } catch (InterruptedException inTime) {
                Thread.currentThread().interrupt();
              }
            });
    try {
      order.write(Channels.newOutputStream(channel));
      return next();
    } finally {
      impatience.interrupt();
    }
  }

  /** Waits for another answer. */
  Message next() throws IOException {
    return Message.read(Channels.newInputStream(channel));
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException gone) {
      // It is closed as far as it can be.
    }
  }
}
