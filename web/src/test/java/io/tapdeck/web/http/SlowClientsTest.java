package io.tapdeck.web.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.web.http.RawHttp.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who sends a byte now and then is never idle, and holds a connection no longer for that. */
@Timeout(30)
class SlowClientsTest {
  private static final Duration PATIENCE = Duration.ofMillis(400);
  private static final Duration BETWEEN = Duration.ofMillis(40);

  /** What a slow client sends before it gives up: far more than it should get to send. */
  private static final int MOST_BYTES = 500;

  /** How fast answers are to be taken here. */
  private static final PacedEndPoint.Pace PACE =
      new PacedEndPoint.Pace(1 << 20, Duration.ofMillis(500));

  /** More than the kernel keeps for both ends together. */
  private static final int LARGE = 32 << 20;

  private final CountDownLatch brokenOff = new CountDownLatch(1);

  private final CountDownLatch release = new CountDownLatch(1);

  @SuppressWarnings("NullAway.Init") // made before each test
  private WebServer server;

  @SuppressWarnings("NullAway.Init") // made before each test
  private RawHttp http;

  @BeforeEach
  void start() throws IOException {
    Callers nobody =
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
    server = WebServer.bind(ListenAddress.parse("127.0.0.1:0"));
    server.setPatience(PATIENCE);
    server.setPace(PACE);
    server.serve(
        List.of(
            Route.get("/quick", Role.NOBODY, "Answers", call -> call.json("quick")),
            Route.get(
                "/slow",
                Role.NOBODY,
                "Answers late",
                call -> {
                  release.await();
                  call.json("slow");
                }),
            Route.get("/large", Role.NOBODY, "Answers much", this::answerMuch),
            Route.post("/order", Role.NOBODY, "Reads a body", call -> call.json("read"))),
        List.of(),
        nobody,
        action -> {});
    http = new RawHttp(URI.create(server.url()));
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private void answerMuch(Call call) throws IOException {
    try (OutputStream out = call.stream(200, "application/octet-stream", LARGE)) {
      out.write(new byte[LARGE]);
    } catch (IOException failed) {
      brokenOff.countDown();
      throw failed;
    }
  }

  /** Sends a byte now and then until the other side hangs up; how many it got to send. */
  private static int drip(Socket socket) throws Exception {
    OutputStream output = socket.getOutputStream();
    int sent = 0;
    try {
      while (sent < MOST_BYTES) {
        output.write('a');
        output.flush();
        sent++;
        Thread.sleep(BETWEEN);
      }
    } catch (SocketException hungUp) {
      return sent;
    }
    return sent;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }

  private String get(String path) {
    return "GET /api/v1" + path + " HTTP/1.1\r\nHost: " + http.authority() + "\r\n\r\n";
  }

  /** Reads one answer, whose body ends with a quote. */
  private static String answer(Socket socket) throws IOException {
    InputStream input = socket.getInputStream();
    StringBuilder text = new StringBuilder();
    while (!text.toString().matches("(?s).*\\r\\n\\r\\n\"\\w+\"")) {
      int next = input.read();
      assertThat(next).as(text.toString()).isNotNegative();
      text.append((char) next);
    }
    return text.toString();
  }

  @Test
  void aHeadThatDripsInIsGivenUp() throws Exception {
    try (Socket socket = http.connect()) {
      send(socket, "GET /api/v1/quick HTTP/1.1\r\nHost: " + http.authority() + "\r\nX-Slow: ");
      assertThat(drip(socket)).isLessThan(MOST_BYTES);
    }
  }

  @Test
  void theSecondHeadOfAConnectionIsGivenUpToo() throws Exception {
    try (Socket socket = http.connect()) {
      send(socket, get("/quick"));
      assertThat(answer(socket)).contains("quick");
      send(socket, "GET /api/v1/quick HTTP/1.1\r\nHost: " + http.authority() + "\r\nX-Slow: ");
      assertThat(drip(socket)).isLessThan(MOST_BYTES);
    }
  }

  @Test
  void aBodyThatDripsInIsGivenUp() throws Exception {
    try (Socket socket = http.connect()) {
      send(
          socket,
          "POST /api/v1/order HTTP/1.1\r\nHost: "
              + http.authority()
              + "\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n");
      assertThat(drip(socket)).isLessThan(MOST_BYTES);
    }
  }

  @Test
  void whoeverSentABodyTooSlowlyIsToldSo() throws Exception {
    try (Socket socket = http.connect()) {
      send(
          socket,
          "POST /api/v1/order HTTP/1.1\r\nHost: "
              + http.authority()
              + "\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{");
      Thread.sleep(PATIENCE.plus(BETWEEN));
      send(socket, " ");
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n") < 0) {
        head.append((char) socket.getInputStream().read());
      }
      assertThat(head.toString()).startsWith("HTTP/1.1 408 ");
    }
  }

  /** The time that an answer takes is no time that was waited for a head. */
  @Test
  void anAnswerMayTakeLongerAndTheConnectionGoesOn() throws Exception {
    try (Socket socket = http.connect()) {
      send(socket, get("/slow"));
      Thread.sleep(PATIENCE.multipliedBy(2));
      release.countDown();
      assertThat(answer(socket)).contains("slow");
      send(socket, get("/quick"));
      assertThat(answer(socket)).contains("quick");
    }
  }

  @Test
  void anAnswerThatIsSippedIsBrokenOff() throws Exception {
    try (Socket socket = http.connect()) {
      send(socket, get("/large"));
      while (!brokenOff.await(BETWEEN.toMillis(), TimeUnit.MILLISECONDS)) {
        assertThat(socket.getInputStream().readNBytes(1000)).hasSize(1000);
      }
    }
  }

  @Test
  void anAnswerThatIsTakenSteadilyComesWhole() throws Exception {
    try (Socket socket = http.connect()) {
      send(socket, get("/large"));
      long taken = 0;
      long begin = System.nanoTime();
      while (taken < LARGE) {
        int piece = socket.getInputStream().readNBytes(1 << 20).length;
        assertThat(piece).as("after %d bytes", taken).isPositive();
        taken += piece;
        Thread.sleep(BETWEEN.multipliedBy(2));
      }
      assertThat(System.nanoTime() - begin).isGreaterThan(2 * PACE.time().toNanos());
      assertThat(brokenOff.getCount()).isEqualTo(1);
    }
  }

  @Test
  void othersAreAnsweredMeanwhile() throws Exception {
    try (Socket slow = http.connect()) {
      send(slow, "GET /api/v1/quick HT");
      Answer other = http.send("GET /api/v1/quick HTTP/1.1");
      assertThat(other.status()).isEqualTo(200);
    }
  }
}
