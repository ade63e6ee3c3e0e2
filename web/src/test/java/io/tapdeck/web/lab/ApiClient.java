package io.tapdeck.web.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

/** Talks to an appliance's API as its first user, also when it was started anew meanwhile. */
final class ApiClient {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private String address = "";
  private String cookie = "";
  private String csrf = "";

  /** An answer, whatever it is. */
  record Answer(int status, JsonNode body) {}

  /** From now on to the appliance at this address. */
  void connect(String to) {
    address = to;
  }

  String address() {
    return address;
  }

  /** Makes the first user. */
  void signUp(String code) {
    JsonNode session =
        send(
            "POST",
            "/api/v1/setup",
            "{\"code\":\"%s\",\"user\":\"ada\",\"password\":\"correct horse\"}".formatted(code));
    csrf = session.path("csrf").asText();
  }

  /** Begins a session. */
  void signIn(String user, String password) {
    JsonNode session =
        send(
            "POST",
            "/api/v1/session",
            "{\"user\":\"%s\",\"password\":\"%s\"}".formatted(user, password));
    csrf = session.path("csrf").asText();
  }

  /**
   * Listens to what changes.
   *
   * @param lastId of the last event that was heard before; empty for none
   */
  HeardEvents listen(String lastId) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(address + "/api/v1/events")).header("Cookie", cookie);
    if (!lastId.isEmpty()) {
      request.header("Last-Event-ID", lastId);
    }
    return new HeardEvents(request.build());
  }

  JsonNode get(String path) {
    return send("GET", path, "");
  }

  /** Sends what is to be done. */
  JsonNode send(String method, String path, String body) {
    Answer answer = ask(method, path, body);
    assertThat(answer.status()).as(method + " " + path + ": " + answer.body()).isBetween(200, 299);
    return answer.body();
  }

  /** Gets a file. */
  byte[] download(String path) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address + path)).header("Cookie", cookie).build();
    try {
      HttpResponse<byte[]> answer = http.send(request, BodyHandlers.ofByteArray());
      assertThat(answer.statusCode()).as(path).isEqualTo(200);
      return answer.body();
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Sends what may be refused. */
  Answer ask(String method, String path, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(address + path))
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (!method.equals("GET")) {
      request.header("Content-Type", "application/json");
    }
    if (!cookie.isEmpty()) {
      request.header("Cookie", cookie).header("X-CSRF-Token", csrf);
    }
    try {
      HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
      answer
          .headers()
          .firstValue("set-cookie")
          .ifPresent(set -> cookie = set.replaceFirst(";.*", ""));
      return new Answer(answer.statusCode(), JSON.readTree(answer.body()));
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
