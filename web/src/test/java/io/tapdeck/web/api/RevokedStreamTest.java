package io.tapdeck.web.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapdeck.web.account.Session;
import io.tapdeck.web.http.RawHttp.Answer;
import io.tapdeck.web.http.Role;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever loses what they may loses the events at once, even while there is none to tell. */
class RevokedStreamTest {
  /** Less than the time between two signs of life of a stream. */
  private static final int AT_ONCE_MILLIS = 5_000;

  private static final int FOR_NOW_MILLIS = 300;
  private static final String NEW_PASSWORD = "another correct horse";

  @TempDir private Path data;

  @SuppressWarnings("NullAway.Init") // made before each test
  private Appliance appliance;

  @SuppressWarnings("NullAway.Init") // made before each test
  private ApiCalls api;

  @SuppressWarnings("NullAway.Init") // JUnit sets the directory
  RevokedStreamTest() {}

  @BeforeEach
  void start() throws Exception {
    appliance = new Appliance(data);
    api = new ApiCalls(appliance);
  }

  @AfterEach
  void stop() throws IOException {
    appliance.close();
  }

  private record Stream(Socket socket, BufferedReader lines) implements AutoCloseable {
    void assertEnds() throws IOException {
      socket.setSoTimeout(AT_ONCE_MILLIS);
      while (lines.readLine() != null) {
        // What was told before.
      }
    }

    void assertGoesOn() throws IOException {
      socket.setSoTimeout(FOR_NOW_MILLIS);
      assertThatThrownBy(lines::readLine).isInstanceOf(SocketTimeoutException.class);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  /** Opens one that has told all that it has to tell. */
  private Stream open(String header) throws IOException {
    Socket socket = appliance.http.connect();
    String head =
        String.join(
            "\r\n",
            "GET /api/v1/events HTTP/1.1",
            "Host: " + appliance.http.authority(),
            header,
            "Connection: close",
            "\r\n");
    socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    while (!"event: replays".equals(lines.readLine())) {
      // What comes before it.
    }
    socket.setSoTimeout(FOR_NOW_MILLIS);
    try {
      while (lines.readLine() != null) {
        // The rest.
      }
      throw new AssertionError("the stream has ended");
    } catch (SocketTimeoutException quiet) {
      return new Stream(socket, lines);
    }
  }

  private Stream openAs(Role role) throws Exception {
    return open(cookie(appliance.session(role)));
  }

  private static String cookie(Session session) {
    return "Cookie: tapdeck_session=" + session.token();
  }

  private static void assertDone(Answer answer) {
    assertThat(answer.status()).as(answer.body()).isBetween(200, 204);
  }

  @Test
  void whoSignsOutHearsNothingMoreAndTheirOtherSessionGoesOn() throws Exception {
    Session kept = appliance.session(Role.OPERATOR);
    Session ended =
        appliance.accounts.signIn(Role.OPERATOR.word(), Appliance.PASSWORD, "192.0.2.1");
    try (Stream one = open(cookie(ended));
        Stream other = open(cookie(kept))) {
      appliance.accounts.sessions().end(ended.token());
      one.assertEnds();
      other.assertGoesOn();
    }
  }

  @Test
  void aUserOfAnotherRoleHearsNothingMoreAndOthersGoOn() throws Exception {
    try (Stream demoted = openAs(Role.OPERATOR);
        Stream other = openAs(Role.ANALYST)) {
      assertDone(api.as(Role.ADMIN, "PUT /users/operator", "{\"role\":\"viewer\"}"));
      demoted.assertEnds();
      other.assertGoesOn();
      openAs(Role.OPERATOR).close();
    }
  }

  @Test
  void aUserWhoIsGoneHearsNothingMore() throws Exception {
    try (Stream stream = openAs(Role.VIEWER)) {
      assertDone(api.as(Role.ADMIN, "DELETE /users/viewer", ""));
      stream.assertEnds();
    }
  }

  @Test
  void aNewPasswordEndsTheStreamsOfTheSessionsBefore() throws Exception {
    try (Stream stream = openAs(Role.VIEWER)) {
      var _ = appliance.accounts.changePassword("viewer", Appliance.PASSWORD, NEW_PASSWORD, "::1");
      stream.assertEnds();
    }
  }

  @Test
  void aProgramWhoseTokenIsDeletedHearsNothingMoreAndOthersGoOn() throws Exception {
    UUID id = UUID.randomUUID();
    String other = appliance.apiToken(Role.OPERATOR, Role.VIEWER);
    String secret =
        appliance
            .accounts
            .apiTokens()
            .make(id, Role.OPERATOR.word(), "short", Role.VIEWER, Optional.empty())
            .secret();
    try (Stream stream = open("Authorization: Bearer " + secret);
        Stream goesOn = open("Authorization: Bearer " + other)) {
      assertDone(api.as(Role.OPERATOR, "DELETE /tokens/" + id, ""));
      stream.assertEnds();
      goesOn.assertGoesOn();
    }
  }

  @Test
  void whatTakesNothingFromAnybodyEndsNoStream() throws Exception {
    try (Stream stream = openAs(Role.VIEWER)) {
      assertDone(
          api.as(
              Role.ADMIN,
              "PUT /users/operator",
              "{\"role\":\"analyst\",\"password\":\"" + NEW_PASSWORD + "\"}"));
      assertDone(api.as(Role.ADMIN, "PUT /users/operator", "{\"role\":\"viewer\"}"));
      stream.assertGoesOn();
    }
  }
}
