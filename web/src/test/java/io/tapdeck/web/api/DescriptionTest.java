package io.tapdeck.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapdeck.web.http.Action;
import io.tapdeck.web.http.Method;
import io.tapdeck.web.http.RawHttp.Answer;
import io.tapdeck.web.http.Role;
import io.tapdeck.web.http.Route;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The OpenAPI document says what the routes are. */
class DescriptionTest {
  @TempDir private Path data;

  @SuppressWarnings("NullAway.Init") // JUnit sets the directory
  DescriptionTest() {}

  /** The document as a caller gets it. */
  private static JsonNode document(Appliance appliance) throws Exception {
    Answer answer =
        appliance.http.send(
            "GET /api/v1/openapi.json HTTP/1.1",
            "Cookie: tapdeck_session=" + appliance.session(Role.VIEWER).token());
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("content-type")).isEqualTo("application/json");
    return new ObjectMapper().readTree(answer.body());
  }

  @Test
  void pathsMethodsRolesAndParametersAreThoseOfTheRoutes() throws Exception {
    try (Appliance appliance = new Appliance(data)) {
      JsonNode document = document(appliance);
      Map<String, String> described = new TreeMap<>();
      for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
        for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
          described.put(
              operation.getKey() + " " + path.getKey(),
              operation.getValue().path("x-role").asText()
                  + " "
                  + pathParameters(operation.getValue())
                  + " "
                  + operation.getValue().path("security").findParents("apiToken").isEmpty());
        }
      }
      Map<String, String> declared = new TreeMap<>();
      for (Route route : appliance.routes) {
        declared.put(
            route.method().name().toLowerCase(java.util.Locale.ROOT) + " " + route.path(),
            "%s %s %s"
                .formatted(
                    route.role().word(),
                    route.parameters(),
                    route.role() == Role.NOBODY
                        || route.traits().contains(Route.Trait.SESSION_ONLY)));
      }
      assertThat(described).isEqualTo(declared);
      assertThat(document.path("servers").path(0).path("url").asText()).isEqualTo("/api/v1");
    }
  }

  private static List<String> pathParameters(JsonNode operation) {
    List<String> names = new ArrayList<>();
    for (JsonNode parameter : operation.path("parameters")) {
      if (parameter.path("in").asText().equals("path")) {
        names.add(parameter.path("name").asText());
      }
    }
    return names;
  }

  @Test
  void everyReferenceLeadsSomewhereAndEveryOperationHasANameOfItsOwn() throws Exception {
    try (Appliance appliance = new Appliance(data)) {
      JsonNode document = document(appliance);
      assertThat(document.path("openapi").asText()).isEqualTo("3.1.0");
      List<String> references = document.findValuesAsText("$ref");
      assertThat(references).isNotEmpty();
      for (String reference : references) {
        assertThat(document.at(reference.substring(1)).isMissingNode()).as(reference).isFalse();
      }
      assertThat(document.path("paths").findValuesAsText("operationId"))
          .isNotEmpty()
          .doesNotHaveDuplicates();
    }
  }

  /** A route's real answer has exactly the fields that the document requires of it. */
  @Test
  void answersHaveTheFieldsThatTheDocumentSays() throws Exception {
    try (Appliance appliance = new Appliance(data)) {
      JsonNode schemas = document(appliance).path("components").path("schemas");
      String session = "Cookie: tapdeck_session=" + appliance.session(Role.ADMIN).token();
      assertFields(schemas, "SetupState", get(appliance, "/setup", session));
      assertFields(schemas, "Session", get(appliance, "/session", session));
      assertFields(schemas, "About", get(appliance, "/about", session));
      JsonNode report =
          new ObjectMapper()
              .readTree(
                  appliance
                      .http
                      .send(
                          "GET /api/v1/doctor HTTP/1.1",
                          "Authorization: Bearer "
                              + appliance.apiToken(Role.OPERATOR, Role.OPERATOR))
                      .body());
      assertFields(schemas, "DoctorReport", report);
      assertFields(schemas, "User", get(appliance, "/users", session).path(0));
      appliance
          .accounts
          .audit()
          .remember(
              new Action("anna", null, "::1", Method.GET, "/", Action.Outcome.DONE, 200, null));
      assertFields(schemas, "AuditEntry", get(appliance, "/audit", session).path(0));
      String secret = appliance.apiToken(Role.VIEWER, Role.VIEWER);
      assertThat(secret).isNotEmpty();
      assertFields(schemas, "ApiToken", get(appliance, "/tokens", session).path(0));
      assertFields(schemas, "ReplayTargets", get(appliance, "/replay_targets", session));
      assertFields(schemas, "Forecast", get(appliance, "/forecast", session));
      assertThat(get(appliance, "/alerts", session).isArray()).isTrue();
      ApiCalls calls = new ApiCalls(appliance);
      String id = "6f1c1d2e-0000-4000-8000-000000000001";
      assertThat(
              calls
                  .as(
                      Role.OPERATOR,
                      "PUT /recording_templates/" + id,
                      "{\"name\":\"t\",\"settings\":{\"keepAge\":\"PT12H\"}}")
                  .status())
          .isEqualTo(201);
      JsonNode template = get(appliance, "/recording_templates/" + id, session);
      assertFields(schemas, "RecordingTemplate", template);
      assertFields(schemas, "RecordingSettings", template.path("settings"));
      String schedule =
          """
          {"name": "s", "enabled": false, "interface": "x", "template": "%s", "timetable":
           {"weekly": {"days": ["MONDAY"], "from": "22:00", "to": "06:00", "zone": "UTC"}}}\
          """
              .formatted(id);
      Answer made = calls.as(Role.OPERATOR, "PUT /recording_schedules/" + id, schedule);
      assertThat(made.status()).as(made.body()).isEqualTo(201);
      JsonNode planned = get(appliance, "/recording_schedules/" + id, session);
      assertFields(schemas, "RecordingSchedule", planned);
      assertFields(schemas, "Timetable", planned.path("timetable"));
      assertThat(calls.as(Role.OPERATOR, "DELETE /recording_templates/" + id, "{}").status())
          .as("a schedule uses it")
          .isEqualTo(409);
      assertThat(calls.as(Role.OPERATOR, "DELETE /recording_schedules/" + id, "{}").status())
          .isEqualTo(204);
      assertThat(calls.as(Role.OPERATOR, "DELETE /recording_templates/" + id, "{}").status())
          .isEqualTo(204);
      assertFields(schemas, "Problem", get(appliance, "/nothing", session));
    }
  }

  private static JsonNode get(Appliance appliance, String path, String session) throws Exception {
    return new ObjectMapper()
        .readTree(appliance.http.send("GET /api/v1" + path + " HTTP/1.1", session).body());
  }

  private static void assertFields(JsonNode schemas, String schema, JsonNode answer) {
    List<String> described = new ArrayList<>();
    schemas.path(schema).path("properties").fieldNames().forEachRemaining(described::add);
    List<String> given = new ArrayList<>();
    answer.fieldNames().forEachRemaining(given::add);
    assertThat(given).as(schema).containsExactlyInAnyOrderElementsOf(described).isNotEmpty();
  }
}
