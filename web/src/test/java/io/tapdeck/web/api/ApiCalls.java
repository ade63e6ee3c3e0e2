package io.tapdeck.web.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapdeck.web.http.RawHttp.Answer;
import io.tapdeck.web.http.Role;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Calls an appliance's API as its users do: people in sessions, programs with API tokens. */
final class ApiCalls {
  private final Appliance appliance;

  ApiCalls(Appliance appliance) {
    this.appliance = appliance;
  }

  /** As the user of that role, in a session. */
  Answer as(Role role, String methodAndPath, String body) throws Exception {
    var session = appliance.session(role);
    return send(
        methodAndPath,
        body,
        "Cookie: tapdeck_session=" + session.token(),
        "X-CSRF-Token: " + session.caller().csrf());
  }

  /** With an API token. */
  Answer with(String secret, String methodAndPath, String body) throws IOException {
    return send(methodAndPath, body, "Authorization: Bearer " + secret);
  }

  static JsonNode json(Answer answer) throws IOException {
    return new ObjectMapper().readTree(answer.body());
  }

  private Answer send(String methodAndPath, String body, String... headers) throws IOException {
    String[] words = methodAndPath.split(" ", 2);
    String path = words[1].startsWith("//") ? words[1].substring(1) : "/api/v1" + words[1];
    List<String> lines = new ArrayList<>(List.of(words[0] + " " + path + " HTTP/1.1"));
    lines.add("Host: " + appliance.http.authority());
    lines.addAll(List.of(headers));
    if (!words[0].equals("GET")) {
      lines.add("Content-Type: application/json");
      lines.add("Content-Length: " + body.length());
    }
    lines.add("Connection: close");
    return appliance.http.exchange(String.join("\r\n", lines) + "\r\n\r\n" + body);
  }
}
