package io.tapdeck.web.privilege;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.web.starter.Answer;
import io.tapdeck.web.starter.Message;
import io.tapdeck.web.starter.NicLook;
import io.tapdeck.web.starter.Order;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The socket of the privileged starter, and who wants to misuse it. */
@Timeout(60)
class OrderServerTest {
  private static final Order LOOK = new Order.Look("eth0", Optional.empty());

  @TempDir private Path directory;
  private final List<Order> obeyed = Collections.synchronizedList(new ArrayList<>());

  @SuppressWarnings("NullAway.Init") // JUnit sets the directory
  OrderServerTest() {}

  private Path socket() {
    return directory.resolve("orders.sock");
  }

  private OrderServer open(String account) throws IOException {
    return OrderServer.open(
        socket(),
        Account.find(account).orElseThrow(),
        (order, answers) -> {
          obeyed.add(order);
          answers.tell(Answer.look(new NicLook(true, false)));
        });
  }

  private static String self() {
    return System.getProperty("user.name");
  }

  /** What is answered to these bytes; empty if the connection is closed without a word. */
  private Optional<Message> ask(byte[] bytes) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket()));
      channel.write(ByteBuffer.wrap(bytes));
      return Optional.of(Message.read(Channels.newInputStream(channel)));
    } catch (EOFException closed) {
      return Optional.empty();
    } catch (IOException broken) {
      // Closed before all was read.
      return Optional.empty();
    }
  }

  private Optional<Message> ask(Message message) throws IOException {
    java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
    message.write(bytes);
    return ask(bytes.toByteArray());
  }

  private void assertThatItGoesOn() throws IOException {
    int before = obeyed.size();
    assertThat(ask(LOOK.message())).contains(Message.of("look", "true", "false"));
    assertThat(obeyed).hasSize(before + 1).endsWith(LOOK);
  }

  @Test
  void whatIsNoOrderIsRefusedAndTheNextIsObeyed() throws Exception {
    try (OrderServer server = open(self())) {
      assertThatItGoesOn();
      for (Message hostile :
          List.of(
              Message.of("exec", "/bin/sh"),
              Message.of("look", "../../etc", ""),
              Message.of("look", "--help", ""),
              Message.of("record", "../..", "", "0", "1", "--interface=eth0"))) {
        assertThat(ask(hostile).map(Message::name)).as(hostile.toString()).contains("refused");
        assertThatItGoesOn();
      }
      assertThat(server).isNotNull();
    }
  }

  @Test
  void bytesThatAreNoMessageEndTheConnectionAndNothingElse() throws Exception {
    try (OrderServer server = open(self())) {
      for (byte[] hostile :
          List.of(
              new byte[] {-1, -1, -1, -1},
              new byte[] {0x7f, -1, -1, -1, 'x', 0},
              new byte[] {0, 0, 0, 0},
              new byte[] {0, 0, 0, 2, 'x', 'y'},
              new byte[] {0, 0, 0, 2, (byte) 0xc3, 0},
              "GET / HTTP/1.1\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
              new byte[3 << 20])) {
        assertThat(ask(hostile)).isEmpty();
        assertThatItGoesOn();
      }
      assertThat(server).isNotNull();
    }
  }

  @Test
  void whoSaysNothingHoldsUpNobodyAndIsLetGo() throws Exception {
    try (OrderServer server = open(self());
        SocketChannel silent = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      silent.connect(UnixDomainSocketAddress.of(socket()));
      assertThatItGoesOn();
      assertThat(silent.read(ByteBuffer.allocate(1))).isEqualTo(-1);
      assertThat(server).isNotNull();
    }
  }

  @Test
  void onlyTheAccountCanConnect() throws Exception {
    try (OrderServer server = open(self())) {
      assertThat(Files.getPosixFilePermissions(socket()))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
      assertThat(Files.getOwner(socket()).getName()).isEqualTo(self());
      assertThat(server).isNotNull();
    }
  }

  /** Root can connect, whatever the file's mode; the kernel tells that it is not the account. */
  @Test
  @Tag("lab")
  void ordersOfAnotherUserAreNotEvenRead() throws Exception {
    try (OrderServer server = open("nobody")) {
      assertThat(ask(LOOK.message())).isEmpty();
      assertThat(obeyed).isEmpty();
      assertThat(server).isNotNull();
    }
  }
}
