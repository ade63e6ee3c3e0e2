package io.tapdeck.web.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.web.tls.SelfSigned;
import io.tapdeck.web.tls.ServerIdentity;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How fast an answer of many pieces is to be taken, none of which waits for long. */
@Timeout(60)
class PacedAnswersTest {
  private static final int PIECE = 64 << 10;

  /** More than the kernel keeps for both ends together. */
  private static final int LARGE = 40 << 20;

  private static final Callers NOBODY =
      new Callers() {
        @Override
        public Optional<Caller> find(Credential credential) {
          return Optional.empty();
        }

        @Override
        public Optional<Caller> peek(Credential credential) {
          return Optional.empty();
        }

        @Override
        public void whenRevoked(Runnable told) {}
      };

  private final CountDownLatch brokenOff = new CountDownLatch(1);

  @TempDir private Path directory;

  @SuppressWarnings("NullAway.Init") // made before each test
  private ServerIdentity identity;

  @SuppressWarnings("NullAway.Init") // made before each test
  private WebServer server;

  @SuppressWarnings("NullAway.Init") // JUnit sets the directory
  PacedAnswersTest() {}

  @BeforeEach
  void bind() throws Exception {
    identity =
        SelfSigned.in(
            directory, Set.of("localhost", "127.0.0.1"), Set.of(), InstantSource.system());
    server = WebServer.bind(ListenAddress.parse("127.0.0.1:0"));
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private Socket ask(boolean encrypted, PacedEndPoint.Pace pace) throws Exception {
    if (encrypted) {
      server.encrypt(identity.context());
    }
    server.setPace(pace);
    server.serve(
        List.of(Route.get("/large", Role.NOBODY, "Answers much", this::answer)),
        List.of(),
        NOBODY,
        action -> {});
    RawHttp http = new RawHttp(URI.create(server.url()));
    Socket socket = http.connect();
    if (encrypted) {
      SSLSocket wrapped =
          (SSLSocket)
              EncryptedServerTest.trusting(identity)
                  .getSocketFactory()
                  .createSocket(socket, "127.0.0.1", socket.getPort(), true);
      wrapped.startHandshake();
      socket = wrapped;
    }
    String request = "GET /api/v1/large HTTP/1.1\r\nHost: " + http.authority() + "\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
    return socket;
  }

  private void answer(Call call) throws IOException {
    byte[] piece = new byte[PIECE];
    try (OutputStream out = call.stream(200, "application/octet-stream", LARGE)) {
      for (int sent = 0; sent < LARGE; sent += PIECE) {
        out.write(piece);
      }
    } catch (IOException failed) {
      brokenOff.countDown();
      throw failed;
    }
  }

  /** Less than a third of what is asked for, but no piece waits all the time. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void piecesThatAreSippedAreBrokenOff(boolean encrypted) throws Exception {
    try (Socket socket = ask(encrypted, new PacedEndPoint.Pace(16 << 20, Duration.ofSeconds(2)))) {
      InputStream input = socket.getInputStream();
      int taken = 0;
      while (!brokenOff.await(50, TimeUnit.MILLISECONDS)) {
        assertThat(taken).as("taken, and nothing was broken off").isLessThan(LARGE - PIECE);
        taken += input.readNBytes(2 * PIECE).length;
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void piecesThatAreTakenSteadilyComeWhole(boolean encrypted) throws Exception {
    PacedEndPoint.Pace pace = new PacedEndPoint.Pace(1 << 20, Duration.ofSeconds(2));
    try (Socket socket = ask(encrypted, pace)) {
      long begin = System.nanoTime();
      for (int taken = 0; taken < LARGE; taken += 1 << 20) {
        assertThat(socket.getInputStream().readNBytes(1 << 20))
            .as("after %d bytes", taken)
            .hasSize(1 << 20);
        Thread.sleep(Duration.ofMillis(120));
      }
      assertThat(System.nanoTime() - begin).isGreaterThan(2 * pace.time().toNanos());
      assertThat(brokenOff.getCount()).isEqualTo(1);
    }
  }
}
