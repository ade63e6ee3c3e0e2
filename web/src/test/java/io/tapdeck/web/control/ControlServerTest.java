package io.tapdeck.web.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class ControlServerTest {
  @TempDir private Path directory;
  private final AtomicInteger asked = new AtomicInteger();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private Path socket;
  private ControlServer server;

  @BeforeEach
  void open() throws IOException {
    socket = directory.resolve("control.sock");
    server = ControlServer.open(socket, this::status, stopped::countDown);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private ObjectNode status() {
    return event("progress").put("asked", asked.incrementAndGet());
  }

  private static ObjectNode event(String name) {
    return JsonNodeFactory.instance.objectNode().put("event", name);
  }

  @Test
  void whoConnectsIsToldAtOnceAndThenAgainAndAgain() throws IOException {
    try (ControlClient client = ControlClient.connect(socket)) {
      long last = 0;
      for (int i = 0; i < 3; i++) {
        ObjectNode event = client.next().orElseThrow();
        assertThat(event.get("event").asText()).isEqualTo("progress");
        assertThat(event.get("asked").asLong()).isGreaterThan(last);
        last = event.get("asked").asLong();
      }
    }
  }

  @Test
  void everyEventReachesEverybodyInOrderAndTheLastOneBeforeTheEnd() throws IOException {
    try (ControlClient one = ControlClient.connect(socket);
        ControlClient other = ControlClient.connect(socket)) {
      one.next();
      other.next();
      for (int i = 0; i < 100; i++) {
        server.publish(event("segment").put("number", i));
      }
      server.end(event("end"));
      for (ControlClient client : List.of(one, other)) {
        List<Integer> numbers = new ArrayList<>();
        String last = "";
        for (var next = client.next(); next.isPresent(); next = client.next()) {
          last = next.get().get("event").asText();
          if (last.equals("segment")) {
            numbers.add(next.get().get("number").asInt());
          }
        }
        assertThat(numbers).hasSize(100).isSorted();
        assertThat(last).isEqualTo("end");
      }
    }
    assertThat(socket).doesNotExist();
  }

  @Test
  void anOrderToStopIsObeyed() throws Exception {
    try (ControlClient client = ControlClient.connect(socket)) {
      client.order("stop");
      stopped.await();
    }
  }

  @Test
  void whoHasNoMoreOrdersIsStillTold() throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      var _ = channel.shutdownOutput();
      Line.Reader reader = new Line.Reader(channel, Line.LONGEST_EVENT);
      reader.next();
      server.publish(event("segment"));
      String seen = "";
      while (!seen.equals("segment")) {
        seen = reader.next().orElseThrow().get("event").asText();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{\"order\":\"dance\"}", "[]", "stop", "{", "", "{\"order\":{}}", "\u0000"})
  void whatIsNoOrderIsRefusedAndTheNextOneTaken(String words) throws Exception {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      send(channel, words + "\n");
      Line.Reader reader = new Line.Reader(channel, Line.LONGEST_EVENT);
      ObjectNode answer;
      do {
        answer = reader.next().orElseThrow();
      } while (answer.get("event").asText().equals("progress"));
      assertThat(answer.get("event").asText()).isEqualTo("refused");
      send(channel, "{\"order\":\"stop\"}\n");
      stopped.await();
    }
  }

  @Test
  void aLineWithoutEndIsCutOff() throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      assertThatThrownBy(
              () -> {
                while (true) {
                  send(channel, "x".repeat(10_000));
                }
              })
          .isInstanceOf(IOException.class);
    }
    try (ControlClient next = ControlClient.connect(socket)) {
      assertThat(next.next()).isPresent();
    }
  }

  @Test
  void whoDoesNotReadIsDroppedAndHoldsUpNobody() throws IOException {
    ObjectNode large = event("segment").put("file", "x".repeat(60_000));
    try (ControlClient silent = ControlClient.connect(socket)) {
      for (int i = 0; i < 1000; i++) {
        server.publish(large);
      }
      int told = 0;
      while (silent.next().isPresent()) {
        told++;
      }
      assertThat(told).isLessThan(1000);
    }
    try (ControlClient next = ControlClient.connect(socket)) {
      assertThat(next.next()).isPresent();
    }
  }

  @Test
  void onlySoManyAreLetIn() throws IOException {
    List<ControlClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 16; i++) {
        ControlClient client = ControlClient.connect(socket);
        clients.add(client);
        assertThat(client.next()).isPresent();
      }
      try (ControlClient oneMore = ControlClient.connect(socket)) {
        assertThat(oneMore.next()).isEmpty();
      }
    } finally {
      for (ControlClient client : clients) {
        client.close();
      }
    }
  }

  @Test
  void onlyThisUserMayConnect() throws IOException {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
        .isEqualTo("rw-------");
  }

  @Test
  void theSocketOfAKilledProcessIsReplaced() throws IOException {
    Path stale = directory.resolve("stale.sock");
    try (ServerSocketChannel killed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      killed.bind(UnixDomainSocketAddress.of(stale));
    }
    assertThat(stale).exists();
    try (ControlServer next = ControlServer.open(stale, this::status, () -> {});
        ControlClient client = ControlClient.connect(stale)) {
      assertThat(client.next()).isPresent();
      next.publish(event("segment"));
    }
  }

  @Test
  void theSocketOfARunningProcessIsNot() {
    assertThatThrownBy(() -> ControlServer.open(socket, this::status, () -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("another process listens at " + socket);
  }

  @Test
  void aFileIsNotReplaced() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "precious");
    assertThatThrownBy(() -> ControlServer.open(file, this::status, () -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is no socket");
    assertThat(file).hasContent("precious");
  }

  @Test
  void neitherIsAPipeWhichIsNoSocketEither() throws Exception {
    Path pipe = directory.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    assertThatThrownBy(() -> ControlServer.open(pipe, this::status, () -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is no socket");
    assertThat(pipe).exists();
  }

  @Test
  void theSocketOfAProcessThatIsTooBusyToAnswerIsNotReplacedEither() throws IOException {
    Path busy = directory.resolve("busy.sock");
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(busy);
    try (ServerSocketChannel silent = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        SocketChannel waiting = SocketChannel.open(StandardProtocolFamily.UNIX);
        SocketChannel waitingToo = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      silent.bind(address, 1);
      // All that the kernel lets wait: whoever connects now would wait as well.
      waiting.connect(address);
      waitingToo.connect(address);
      assertThatThrownBy(() -> ControlServer.open(busy, this::status, () -> {}))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("another process listens at " + busy);
    }
  }

  @Test
  void aSocketThatAnotherHasMadeInItsPlaceIsNotRemovedAtTheEnd() throws IOException {
    Files.delete(socket);
    try (ControlServer other = ControlServer.open(socket, this::status, () -> {})) {
      server.close();
      assertThat(socket).exists();
      try (ControlClient client = ControlClient.connect(socket)) {
        assertThat(client.next()).isPresent();
        other.publish(event("segment"));
      }
    }
    assertThat(socket).doesNotExist();
  }

  @Test
  void aStatusThatCannotBeToldCostsOneConnectionAndNotTheNext() throws IOException {
    Path other = directory.resolve("other.sock");
    AtomicInteger calls = new AtomicInteger();
    try (ControlServer failing =
            ControlServer.open(
                other,
                () -> {
                  if (calls.getAndIncrement() == 0) {
                    throw new IllegalStateException("not yet");
                  }
                  return status();
                },
                () -> {});
        ControlClient first = ControlClient.connect(other)) {
      assertThat(first.next()).isEmpty();
      try (ControlClient second = ControlClient.connect(other)) {
        assertThat(second.next()).isPresent();
        failing.publish(event("segment"));
      }
    }
  }

  @Test
  void aReadingIsToldOnce() throws IOException {
    Path other = directory.resolve("other.sock");
    AtomicInteger readings = new AtomicInteger();
    // Every reading is there for two of the server's looks at it.
    try (ControlServer steady =
            ControlServer.open(
                other,
                () -> event("progress").put("reading", readings.getAndIncrement() / 2),
                () -> {});
        ControlClient client = ControlClient.connect(other)) {
      List<Integer> told = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        told.add(client.next().orElseThrow().get("reading").asInt());
      }
      assertThat(told).doesNotHaveDuplicates();
      steady.publish(event("segment"));
    }
  }

  @Test
  void anEndOfManySegmentsIsToldWhole() throws IOException {
    try (ControlClient client = ControlClient.connect(socket)) {
      assertThat(client.next()).isPresent();
      ObjectNode end = event("end");
      for (int i = 0; i < 20_000; i++) {
        end.withArray("segments").addObject().put("file", "x".repeat(40)).put("packets", i);
      }
      // Who reads gets it, though no socket has room for all of it.
      CountDownLatch read = new CountDownLatch(1);
      List<ObjectNode> last = new ArrayList<>();
      Thread.ofVirtual()
          .start(() -> {
            try {
              for (var next = client.next(); next.isPresent(); next = client.next()) {
                last.add(next.get());
              }
            } catch (IOException broken) {
              last.clear();
            }
            read.countDown();
          });
      server.end(end);
      awaitUninterrupted(read);
      assertThat(last.getLast()).isEqualTo(end);
    }
  }

  @Test
  void whoIsCutOffWithAnOrderUnreadHasHeardTheEndAllTheSame() throws IOException {
    Path other = directory.resolve("other.sock");
    try (ServerSocketChannel killed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      killed.bind(UnixDomainSocketAddress.of(other));
      try (ControlClient client = ControlClient.connect(other)) {
        try (SocketChannel accepted = killed.accept()) {
          send(accepted, "{\"event\":\"progress\"}\n");
          client.order("stop");
          // Closed with the order unread, as the kernel does when a process is killed.
        }
        assertThat(client.next()).isPresent();
        assertThat(client.next()).isEmpty();
      }
    }
  }

  @Test
  void aPathMayBeLongerThanTheKernelTakes() throws Exception {
    Path deep = Files.createDirectories(directory.resolve("d".repeat(200))).resolve("control.sock");
    try (ControlServer _ = ControlServer.open(deep, this::status, () -> {})) {
      try (ControlClient client = ControlClient.connect(deep)) {
        assertThat(client.next()).isPresent();
      }
      assertThatThrownBy(() -> ControlServer.open(deep, this::status, () -> {}))
          .hasMessageContaining("another process listens at");
      assertThat(Files.getPosixFilePermissions(deep))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }
    assertThat(deep).doesNotExist();
    assertThatThrownBy(() -> ControlClient.connect(deep)).isInstanceOf(IOException.class);
    Path nowhere = directory.resolve("n".repeat(200)).resolve("control.sock");
    assertThatThrownBy(() -> ControlServer.open(nowhere, this::status, () -> {}))
        .isInstanceOf(IOException.class);
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException late) {
      Thread.currentThread().interrupt();
    }
  }

  private static void send(SocketChannel channel, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  @Test
  void furtherOrdersAreObeyedWithAllTheySayAndSenselessOnesRefused() throws IOException {
    Path other = directory.resolve("other.sock");
    List<String> obeyed = new ArrayList<>();
    Order pause =
        order -> {
          if (order.path("for").asInt() < 0) {
            throw new IllegalArgumentException("for is 0 or more");
          }
          obeyed.add(order.toString());
        };
    try (ControlServer more = ControlServer.open(other, this::status, Map.of("pause", pause));
        ControlClient client = ControlClient.connect(other)) {
      assertThat(client.next().orElseThrow().path("event").asText()).isEqualTo("progress");
      client.order(JsonNodeFactory.instance.objectNode().put("order", "pause").put("for", 3));
      client.order(JsonNodeFactory.instance.objectNode().put("order", "pause").put("for", -1));
      assertThat(refusal(client)).isEqualTo("for is 0 or more");
      client.order("stop");
      assertThat(refusal(client)).isEqualTo("no such order: give pause or status");
      assertThat(obeyed).containsExactly("{\"order\":\"pause\",\"for\":3}");
      assertThat(more).isNotNull();
    }
  }

  private static String refusal(ControlClient client) throws IOException {
    ObjectNode event = client.next().orElseThrow();
    while (!event.path("event").asText().equals("refused")) {
      event = client.next().orElseThrow();
    }
    return event.path("detail").asText();
  }
}
