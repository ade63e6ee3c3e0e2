package io.tapdeck.web.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.provisioner.northbound.Northbound;
import io.tapdeck.provisioner.northbound.NorthboundServer;
import io.tapdeck.web.tls.ServerIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("packaged")
class ServeCommandTest {
  private static final String ADDRESS = "Tapdeck is at http://127.0.0.1:";
  private static final String CODE = "To make the first user, type this code into the page: ";

  @TempDir private Path directory;

  private final HttpClient client = HttpClient.newHttpClient();

  @SuppressWarnings("NullAway.Init") // made before each test
  private Path data;

  @SuppressWarnings("NullAway.Init") // JUnit sets the directory
  ServeCommandTest() {}

  /** Where there is an account for it, that serves, and has to come there. */
  @BeforeEach
  void chooseDirectory() throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
    data = directory.resolve("data");
  }

  @AfterEach
  void stopNorthbound() throws Exception {
    client.close();
    if (Files.exists(data)) {
      new NorthboundServer(data).stop();
    }
  }

  private ServeProcess serve(String... more) throws IOException {
    String[] arguments = new String[more.length + 4];
    arguments[0] = "--data";
    arguments[1] = data.toString();
    arguments[2] = "--listen";
    arguments[3] = "127.0.0.1:0";
    System.arraycopy(more, 0, arguments, 4, more.length);
    return ServeProcess.start(arguments);
  }

  private static URI address(ServeProcess server) throws IOException {
    String line = server.line();
    assertThat(line).startsWith(ADDRESS);
    return URI.create(line.substring(line.indexOf("http")));
  }

  /** What it logged, but for what a machine without an account for it makes it say. */
  private static String log(ServeProcess server) throws IOException {
    return server
        .errors()
        .lines()
        .filter(line -> !line.contains("runs with root's privileges"))
        .collect(Collectors.joining("\n"));
  }

  private HttpResponse<String> get(URI address, String path, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address.resolve(path)).timeout(Duration.ofSeconds(20));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private String setUp(URI address, String code) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(address.resolve("/api/v1/setup"))
            .header("Content-Type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"code\":\"%s\",\"user\":\"anna\",\"password\":\"correct horse\"}"
                        .formatted(code)))
            .build();
    HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.headers().firstValue("set-cookie").orElseThrow().replaceFirst(";.*", "");
  }

  @Test
  void itTellsItsAddressAndTheCodeServesAndEndsInOrder() throws Exception {
    String cookie;
    try (ServeProcess server = serve()) {
      URI address = address(server);
      String code = server.line();
      assertThat(code).startsWith(CODE);
      cookie = setUp(address, code.substring(CODE.length()));
      assertThat(get(address, "/").statusCode()).isEqualTo(200);
      String about = "/api/v1/about";
      while (!get(address, about, "Cookie", cookie).body().contains("\"connected\":true")) {
        Thread.onSpinWait(); // until it is; the test's own limit ends it
      }
      assertThat(get(address, about, "Cookie", cookie).body())
          .contains("\"dataDirectory\":\"" + data + "\"")
          .contains("\"address\":\"unix:" + data + "/northbound.sock\",\"connected\":true");
      server.signal("TERM");
      assertThat(server.end()).isEqualTo(ExitStatus.DONE);
      assertThat(server.rest()).isEmpty();
      assertThat(log(server))
          .contains("POST /api/v1/setup 200")
          .doesNotContain(code.substring(CODE.length()), "correct horse", cookie)
          .contains("connected to the northbound")
          .hasLineCount(2);
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
        .isEqualTo("rwx------");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(data.resolve("accounts.db"))))
        .isEqualTo("rw-------");
    try (ServeProcess again = serve()) {
      assertThat(get(address(again), "/api/v1/session", "Cookie", cookie).statusCode())
          .isEqualTo(200);
      again.signal("INT");
      assertThat(again.end()).isEqualTo(ExitStatus.DONE);
      assertThat(again.rest()).as("no code any more").isEmpty();
      assertThat(log(again)).doesNotContain("WARN", "ERROR");
    }
    try (Northbound northbound =
        Northbound.open(new NorthboundServer(data).endpoint(), Duration.ofSeconds(5), () -> {})) {
      assertThat(northbound.ended()).as("the northbound goes on").isNotDone();
    }
  }

  @Test
  void aNorthboundThatIsNamedIsNotStarted() throws Exception {
    String elsewhere = "unix:" + directory.resolve("elsewhere.sock");
    try (ServeProcess server = serve("--northbound", elsewhere)) {
      URI address = address(server);
      String cookie = setUp(address, server.line().substring(CODE.length()));
      assertThat(get(address, "/api/v1/about", "Cookie", cookie).body())
          .contains("\"northbound\":{\"address\":\"" + elsewhere + "\",\"connected\":false}");
      server.signal("TERM");
      assertThat(server.end()).isEqualTo(ExitStatus.DONE);
    }
    assertThat(data.resolve("northbound.db")).doesNotExist();
  }

  private void assertRefused(ServeProcess server, String words) throws Exception {
    assertThat(server.end()).isEqualTo(ExitStatus.REFUSED);
    assertThat(server.rest()).isEmpty();
    assertThat(server.errors()).startsWith("tapdeck serve: ").contains(words).hasLineCount(1);
  }

  @Test
  void aPortThatIsTakenIsRefused() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
        ServeProcess server =
            ServeProcess.start(
                "--data", data.toString(), "--listen", "127.0.0.1:" + taken.getLocalPort())) {
      assertRefused(
          server,
          "cannot listen at 127.0.0.1:" + taken.getLocalPort() + ": Address already in use");
    }
    assertThat(data).as("nothing was begun").doesNotExist();
  }

  @Test
  void twoDoNotShareADataDirectory() throws Exception {
    try (ServeProcess first = serve("--northbound", "unix:/nowhere")) {
      var _ = address(first);
      // Its code tells that it has all it needs.
      assertThat(first.line()).startsWith(CODE);
      try (ServeProcess second = serve()) {
        assertRefused(second, "another 'tapdeck serve' uses data directory " + data);
      }
    }
  }

  @Test
  void anAddressThatOthersReachIsRefused() throws Exception {
    try (ServeProcess server =
        ServeProcess.start("--data", data.toString(), "--listen", "0.0.0.0:0")) {
      assertRefused(server, "at 0.0.0.0:0 others on the network would read passwords");
    }
    assertThat(data).as("nothing was begun").doesNotExist();
  }

  @Test
  void itServesHttpsWithAnIdentityThatItKeeps() throws Exception {
    String fingerprint;
    try (ServeProcess server =
        ServeProcess.start(
            "--data",
            data.toString(),
            "--listen",
            "0.0.0.0:0",
            "--tls",
            "--host-name",
            "Deck.Example")) {
      assertThat(server.line()).startsWith("Tapdeck is at https://127.0.0.1:");
      fingerprint = server.line();
      assertThat(fingerprint)
          .matches("Nobody vouches for its certificate, .* ([0-9A-F]{2}:){31}..");
      server.signal("TERM");
      assertThat(server.end()).isEqualTo(ExitStatus.DONE);
    }
    ServerIdentity kept =
        ServerIdentity.read(data.resolve("tls/certificate.pem"), data.resolve("tls/key.pem"));
    assertThat(fingerprint).endsWith(kept.fingerprint());
    assertThat(kept.chain().getFirst().getSubjectAlternativeNames().toString())
        .contains("deck.example", "localhost", "127.0.0.1");
    try (ServeProcess given =
        serve(
            "--tls-certificate",
            data.resolve("tls/certificate.pem").toString(),
            "--tls-key",
            data.resolve("tls/key.pem").toString())) {
      assertThat(given.line()).startsWith("Tapdeck is at https://127.0.0.1:");
      assertThat(given.line()).startsWith(CODE);
      given.signal("TERM");
      assertThat(given.end()).isEqualTo(ExitStatus.DONE);
    }
  }

  @Test
  void whatMakesNoSenseIsRefused() throws Exception {
    for (String options :
        List.of("--tls-key key", "--tls --tls-key key --tls-certificate file", "--host-name a_b")) {
      try (ServeProcess server = serve(options.split(" ", -1))) {
        assertThat(server.end()).as(options).isEqualTo(ExitStatus.REFUSED);
      }
    }
    assertThat(data).as("nothing was begun").doesNotExist();
    try (ServeProcess server = serve("--tls-key", "/absent", "--tls-certificate", "/absent")) {
      assertRefused(server, "cannot serve HTTPS: /absent");
    }
  }

  @Test
  void aDataDirectoryThatCannotBeUsedIsRefused() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    try (ServeProcess server =
        ServeProcess.start("--data", file.toString(), "--listen", "127.0.0.1:0")) {
      assertRefused(server, "cannot use data directory " + file + ": it is no directory");
    }
  }

  @Test
  void accountsThatCannotBeReadAreRefused() throws Exception {
    Path accounts = Files.createDirectories(data).resolve("accounts.db");
    assertThat(Files.writeString(accounts, "This is no database. ".repeat(99))).exists();
    try (ServeProcess server = serve()) {
      assertRefused(server, "cannot use " + accounts);
    }
  }
}
