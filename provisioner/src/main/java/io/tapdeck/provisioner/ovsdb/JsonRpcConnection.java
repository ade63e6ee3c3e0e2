package io.tapdeck.provisioner.ovsdb;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.json.JsonObjectDecoder;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * JSON-RPC 1.0 over a socket, as Open vSwitch speaks it to databases and to its daemons' control
 * sockets. One virtual thread reads the frames; callers block. Once closed it stays closed.
 */
final class JsonRpcConnection implements AutoCloseable {
  /**
   * The longest frame that is read, in bytes. A first dump of a large database comes as one frame;
   * a longer one ends the connection.
   */
  static final int FRAME_LIMIT = 256 << 20;

  /** Frames waiting to be read above which the socket is not read further. */
  private static final int QUEUE_LIMIT = 64;

  private static final Logger LOG = LoggerFactory.getLogger(JsonRpcConnection.class);
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Whether there ever was a connection. */
  private static volatile boolean begun;

  /** Made with the first connection: that takes a while. */
  private static final class Loop {
    static final EventLoopGroup GROUP =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("ovsdb", true), NioIoHandler.newFactory());

    private Loop() {}
  }

  private final Channel channel;
  private final Endpoint endpoint;
  private final BlockingQueue<Optional<ByteBuf>> frames = new LinkedBlockingQueue<>();
  private final Map<Long, CompletableFuture<JsonNode>> calls = new ConcurrentHashMap<>();
  private final CompletableFuture<IOException> ended = new CompletableFuture<>();
  private final AtomicLong nextId = new AtomicLong();
  private final BiConsumer<String, JsonNode> notifications;

  private JsonRpcConnection(
      Endpoint endpoint, Duration timeout, BiConsumer<String, JsonNode> notifications)
      throws IOException {
    this.endpoint = endpoint;
    this.notifications = notifications;
    SocketAddress address =
        switch (endpoint) {
          case Endpoint.Unix(var path) -> UnixDomainSocketAddress.of(path);
          case Endpoint.Tcp(var host, var port) -> new InetSocketAddress(host, port);
        };
    ChannelFuture connecting =
        new Bootstrap()
            .group(Loop.GROUP)
            .channel(
                endpoint instanceof Endpoint.Unix
                    ? NioDomainSocketChannel.class
                    : NioSocketChannel.class)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) timeout.toMillis())
            .handler(new Pipeline())
            .connect(address)
            .awaitUninterruptibly();
    if (!connecting.isSuccess()) {
      throw new IOException(
          "cannot connect to " + endpoint + ": " + connecting.cause().getMessage(),
          connecting.cause());
    }
    channel = connecting.channel();
  }

  /**
   * Connects.
   *
   * @param notifications told each notification's method and parameters, on the reading thread
   */
  static JsonRpcConnection open(
      Endpoint endpoint, Duration timeout, BiConsumer<String, JsonNode> notifications)
      throws IOException {
    begun = true;
    JsonRpcConnection connection = new JsonRpcConnection(endpoint, timeout, notifications);
    Thread.ofVirtual().name("ovsdb-" + endpoint).start(connection::read);
    return connection;
  }

  /** Ends all connections and the thread that serves them, for good. */
  static void shutDown() {
    if (begun) {
      Loop.GROUP.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
  }

  /** Calls a method and waits for its result; an error reply is an exception with its text. */
  JsonNode call(String method, ArrayNode parameters, Duration timeout)
      throws IOException, InterruptedException {
    long id = nextId.incrementAndGet();
    CompletableFuture<JsonNode> reply = new CompletableFuture<>();
    calls.put(id, reply);
    try {
      ObjectNode request = JsonNodeFactory.instance.objectNode();
      request.put("id", id).put("method", method).set("params", parameters);
      send(request);
      if (ended.isDone()) {
        // Too late for end() to have seen this call; without effect if the answer has come.
        reply.completeExceptionally(ended.join());
      }
      return reply.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException failed) {
      throw new IOException(message(failed), failed);
    } catch (TimeoutException late) {
      throw new IOException(
          endpoint + " gave no answer to '" + method + "' in " + timeout.toMillis() + " ms", late);
    } finally {
      calls.remove(id);
    }
  }

  private static String message(ExecutionException failed) {
    Throwable cause = failed.getCause();
    return cause == null || cause.getMessage() == null ? failed.toString() : cause.getMessage();
  }

  /** Done when the connection has ended, with why. */
  CompletableFuture<IOException> ended() {
    return ended;
  }

  private void send(JsonNode message) throws JsonProcessingException {
    var _ = channel.writeAndFlush(Unpooled.wrappedBuffer(MAPPER.writeValueAsBytes(message)));
  }

  private void read() {
    IOException reason = new IOException("the connection to " + endpoint + " has ended");
    try {
      for (Optional<ByteBuf> frame = frames.take(); frame.isPresent(); frame = frames.take()) {
        if (frames.size() < QUEUE_LIMIT / 2) {
          channel.config().setAutoRead(true);
        }
        dispatch(parse(frame.get()));
      }
    } catch (IOException | RuntimeException broken) {
      reason = new IOException("broken message from " + endpoint, broken);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
    var _ = channel.close();
    end(reason);
    releaseUnread();
  }

  /** Frames that nobody will read any more; more may come until the channel is closed. */
  private void releaseUnread() {
    for (Optional<ByteBuf> frame = frames.poll(); frame != null; frame = frames.poll()) {
      frame.ifPresent(ByteBuf::release);
    }
  }

  private static JsonNode parse(ByteBuf frame) throws IOException {
    try (ByteBufInputStream bytes = new ByteBufInputStream(frame, true)) {
      return MAPPER.readTree((java.io.InputStream) bytes);
    }
  }

  private void dispatch(JsonNode message) throws IOException {
    String method = message.path("method").asText("");
    JsonNode id = message.path("id");
    if (method.equals("echo")) {
      ObjectNode reply = JsonNodeFactory.instance.objectNode();
      reply.set("id", id);
      reply.set("result", message.path("params"));
      reply.putNull("error");
      send(reply);
    } else if (!method.isEmpty()) {
      notifications.accept(method, message.path("params"));
    } else {
      CompletableFuture<JsonNode> call = calls.remove(id.asLong());
      if (call == null) {
        LOG.debug("late reply from {}", endpoint);
      } else if (message.hasNonNull("error")) {
        JsonNode error = message.get("error");
        String text = error.isTextual() ? error.textValue() : error.toString();
        call.completeExceptionally(new IOException(text.strip()));
      } else {
        call.complete(message.path("result"));
      }
    }
  }

  private void end(IOException reason) {
    if (ended.complete(reason)) {
      calls.values().forEach(call -> call.completeExceptionally(reason));
    }
  }

  @Override
  public void close() {
    var _ = channel.close();
  }

  /** Cuts the stream into frames and hands them to the reading thread. */
  private final class Pipeline extends ChannelInitializer<Channel> {
    @Override
    protected void initChannel(Channel opened) {
      opened
          .pipeline()
          .addLast(new JsonObjectDecoder(FRAME_LIMIT))
          .addLast(
              new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext context, Object frame) {
                  frames.add(Optional.of((ByteBuf) frame));
                  if (frames.size() >= QUEUE_LIMIT) {
                    context.channel().config().setAutoRead(false);
                    // The reader may have taken the last frame meanwhile, and wait for more.
                    if (frames.size() < QUEUE_LIMIT / 2) {
                      context.channel().config().setAutoRead(true);
                    }
                  }
                  if (ended.isDone()) {
                    releaseUnread();
                  }
                }

                @Override
                public void channelInactive(ChannelHandlerContext context) {
                  frames.add(Optional.empty());
                }

                @Override
                public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                  LOG.warn("{}: {}", endpoint, cause.toString());
                  var _ = context.close();
                }
              });
    }
  }
}
