package io.tapdeck.web.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapdeck.web.tls.SelfSigned;
import io.tapdeck.web.tls.ServerIdentity;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server by HTTPS, and by which names and addresses it is called. */
class EncryptedServerTest {
  private static final Callers OTTO =
      new Callers() {
        @Override
        public Optional<Caller> find(Credential credential) {
          return credential.secret().equals("token")
              ? Optional.of(Caller.inSession("otto", Role.VIEWER, "csrf"))
              : Optional.empty();
        }

        @Override
        public Optional<Caller> peek(Credential credential) {
          return find(credential);
        }

        @Override
        public void whenRevoked(Runnable told) {}
      };

  @TempDir private Path directory;

  @SuppressWarnings("NullAway.Init") // made before each test
  private ServerIdentity identity;

  @SuppressWarnings("NullAway.Init") // made before each test
  private WebServer server;

  @SuppressWarnings("NullAway.Init") // made before each test
  private HttpClient client;

  @SuppressWarnings("NullAway.Init") // JUnit sets the directory
  EncryptedServerTest() {}

  @BeforeEach
  void start() throws Exception {
    identity =
        SelfSigned.in(
            directory, Set.of("localhost", "127.0.0.1"), Set.of(), InstantSource.system());
    server = WebServer.bind(ListenAddress.parse("0.0.0.0:0"));
    server.encrypt(identity.context());
    server.serve(
        List.of(
            Route.get("/self", Role.VIEWER, "Self", call -> call.json(call.caller())),
            Route.post("/in", Role.NOBODY, "Signs in", call -> call.signedIn("otto", "token"))),
        List.of(),
        OTTO,
        action -> {});
    client = HttpClient.newBuilder().sslContext(trusting(identity)).build();
  }

  /** Knows that server and no other. */
  static SSLContext trusting(ServerIdentity known) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("known", known.chain().getFirst());
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    server.close();
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private HttpRequest.Builder at(String path) {
    return HttpRequest.newBuilder(URI.create(server.url() + "/api/v1" + path));
  }

  @Test
  void itsCookieStaysOnEncryptedWays() throws Exception {
    assertThat(server.url()).startsWith("https://127.0.0.1:");
    HttpResponse<String> in =
        send(
            at("/in")
                .header("Content-Type", "application/json")
                .header("Origin", server.url())
                .POST(BodyPublishers.noBody()));
    assertThat(in.statusCode()).as(in.body()).isEqualTo(200);
    assertThat(in.headers().firstValue("set-cookie"))
        .contains("__Host-tapdeck_session=token; Path=/; HttpOnly; SameSite=Strict; Secure");
    assertThat(send(at("/self").header("Cookie", "__Host-tapdeck_session=token")).statusCode())
        .isEqualTo(200);
    // Without the prefix another host, or somebody on the way, may have set it.
    assertThat(send(at("/self").header("Cookie", "tapdeck_session=token")).statusCode())
        .isEqualTo(401);
  }

  @Test
  void aPageThatCameWithoutEncryptionIsAnotherSite() throws Exception {
    assertThat(
            send(at("/self").header("Origin", server.url().replace("https", "http"))).statusCode())
        .isEqualTo(403);
  }

  @Test
  void whoDoesNotKnowItDoesNotTrustItAndOldProtocolsAreRefused() throws Exception {
    try (HttpClient stranger = HttpClient.newHttpClient()) {
      assertThatThrownBy(() -> stranger.send(at("/self").build(), BodyHandlers.ofString()))
          .isInstanceOf(IOException.class);
    }
    for (String protocol : List.of("TLSv1.3", "TLSv1.2")) {
      SSLParameters only = new SSLParameters();
      only.setProtocols(new String[] {protocol});
      try (HttpClient one =
          HttpClient.newBuilder().sslContext(trusting(identity)).sslParameters(only).build()) {
        assertThat(one.send(at("/self").build(), BodyHandlers.ofString()).statusCode())
            .as(protocol)
            .isEqualTo(401);
      }
    }
    RawHttp plain = new RawHttp(URI.create(server.url().replace("https", "http")));
    assertThatThrownBy(() -> plain.send("GET /api/v1/self HTTP/1.1"))
        .isInstanceOf(IOException.class);
  }

  @Test
  void aNameThatItWasGivenIsItsOwnAndNoOther() throws Exception {
    try (WebServer named = WebServer.bind(ListenAddress.parse("127.0.0.1:0"))) {
      named.setNames(Set.of("Deck.example"));
      named.serve(
          List.of(Route.get("/open", Role.NOBODY, "Open", call -> call.none(204))),
          List.of(),
          OTTO,
          action -> {});
      URI uri = URI.create(named.url());
      for (String name : List.of("deck.example", "DECK.EXAMPLE", "127.0.0.1", "localhost")) {
        assertThat(statusFor(uri, name + ":" + uri.getPort())).as(name).isEqualTo(204);
      }
      for (String name : List.of("deck.example.", "evil.example", "a.deck.example", "127.0.0.2")) {
        assertThat(statusFor(uri, name + ":" + uri.getPort())).as(name).isEqualTo(421);
      }
      assertThat(statusFor(uri, "deck.example")).isEqualTo(421);
    }
  }

  @Test
  void anIpv6AddressMayBeWrittenInEveryWay() throws Exception {
    try (WebServer six = WebServer.bind(ListenAddress.parse("[::1]:0"))) {
      six.serve(
          List.of(Route.get("/open", Role.NOBODY, "Open", call -> call.none(204))),
          List.of(),
          OTTO,
          action -> {});
      URI uri = URI.create(six.url());
      for (String name : List.of("[::1]", "[0:0:0:0:0:0:0:1]", "[0::0001]")) {
        assertThat(statusFor(uri, name + ":" + uri.getPort())).as(name).isEqualTo(204);
      }
      for (String name : List.of("[::2]", "[::1", "[fe80::1]", "[::g]")) {
        assertThat(statusFor(uri, name + ":" + uri.getPort())).as(name).isIn(400, 421);
      }
    }
  }

  private static int statusFor(URI server, String host) throws IOException {
    return new RawHttp(server)
        .exchange("GET /api/v1/open HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
        .status();
  }
}
