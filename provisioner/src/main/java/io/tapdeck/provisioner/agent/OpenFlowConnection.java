package io.tapdeck.provisioner.agent;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/**
 * A connection to a bridge's management socket, in one version of OpenFlow: what ovs-ofctl(8) has,
 * without a program for each question. Reading waits until there is something; closing it from
 * another thread ends that.
 */
final class OpenFlowConnection implements AutoCloseable {
  static final byte VERSION_1_0 = 1;
  static final byte VERSION_1_4 = 5;

  static final byte HELLO = 0;
  static final byte ERROR = 1;
  private static final byte ECHO_REQUEST = 2;
  private static final byte ECHO_REPLY = 3;

  /** Version, type, length and transaction; every message begins with it. */
  static final int HEADER = 8;

  private final SocketChannel channel;
  private final byte version;

  private OpenFlowConnection(SocketChannel channel, byte version) {
    this.channel = channel;
    this.version = version;
  }

  /** A message: its type, and what comes after the header. */
  record Message(byte type, ByteBuffer body) {}

  /**
   * Connects, which never waits: where as many wait already as may, an ovs-vswitchd that is stopped
   * would keep one more waiting for as long as it is.
   */
  static OpenFlowConnection open(Path socket, byte version) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.configureBlocking(false);
      // On such a socket a connection is there at once, or it is not begun.
      if (!channel.connect(UnixDomainSocketAddress.of(socket))) {
        throw new IOException("ovs-vswitchd takes no connections at " + socket);
      }
      channel.configureBlocking(true);
      OpenFlowConnection opened = new OpenFlowConnection(channel, version);
      opened.send(HELLO, ByteBuffer.allocate(0));
      return opened;
    } catch (IOException | RuntimeException failed) {
      channel.close();
      throw failed;
    }
  }

  void send(byte type, ByteBuffer body) throws IOException {
    ByteBuffer message =
        ByteBuffer.allocate(HEADER + body.remaining())
            .put(version)
            .put(type)
            .putShort((short) (HEADER + body.remaining()))
            .putInt(1)
            .put(body)
            .flip();
    while (message.hasRemaining()) {
      var _ = channel.write(message);
    }
  }

  /**
   * The next message, but greetings.
   *
   * @throws IOException at the end of the connection, which is that of ovs-vswitchd
   */
  Message read() throws IOException {
    while (true) {
      ByteBuffer header = fill(ByteBuffer.allocate(HEADER));
      byte type = header.get(1);
      int length = Short.toUnsignedInt(header.getShort(2));
      if (length < HEADER) {
        throw new IOException("ovs-vswitchd sends what is no OpenFlow");
      }
      ByteBuffer body = fill(ByteBuffer.allocate(length - HEADER));
      switch (type) {
        case HELLO -> {
          // The version is one that every bridge speaks unless it was forbidden.
        }
        case ECHO_REQUEST -> send(ECHO_REPLY, body);
        default -> {
          return new Message(type, body);
        }
      }
    }
  }

  private ByteBuffer fill(ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new EOFException("ovs-vswitchd has ended");
      }
    }
    return buffer.flip();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
