package io.tapdeck.web.api;

import static io.tapdeck.web.api.ApiCalls.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tapdeck.web.account.ReplayTargets.Target;
import io.tapdeck.web.http.Action;
import io.tapdeck.web.http.Method;
import io.tapdeck.web.http.RawHttp.Answer;
import io.tapdeck.web.http.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** API tokens, what analysts may, and the record of what was done. */
class PeopleTest {
  private static final String ID = "6f1c1d2e-0000-4000-8000-00000000000";

  @TempDir private Path data;

  @SuppressWarnings("NullAway.Init") // made before each test
  private Appliance appliance;

  @SuppressWarnings("NullAway.Init") // made before each test
  private ApiCalls api;

  @SuppressWarnings("NullAway.Init") // JUnit sets the directory
  PeopleTest() {}

  @BeforeEach
  void start() throws Exception {
    appliance = new Appliance(data);
    api = new ApiCalls(appliance);
  }

  @AfterEach
  void stop() throws IOException {
    appliance.close();
  }

  @Test
  void aPersonMakesATokenAndAProgramCallsWithIt() throws Exception {
    Answer made =
        api.as(
            Role.OPERATOR,
            "PUT /tokens/" + ID + "1",
            "{\"name\":\"nightly\",\"scope\":\"viewer\"}");
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    JsonNode token = json(made);
    String secret = token.path("secret").asText();
    assertThat(token.path("user").asText()).isEqualTo("operator");
    assertThat(token.path("expiresAt").asText()).isEqualTo("2026-04-01T00:00:00Z");
    JsonNode self = json(api.with(secret, "GET /session", ""));
    assertThat(self.toString())
        .isEqualTo(
            "{\"user\":\"operator\",\"role\":\"viewer\",\"csrf\":null,\"apiToken\":\"nightly\"}");
    JsonNode listed = json(api.as(Role.OPERATOR, "GET /tokens", ""));
    assertThat(listed).hasSize(1);
    assertThat(listed.path(0).path("name").asText()).isEqualTo("nightly");
    assertThat(listed.toString()).doesNotContain("secret", secret);
    // Not even to make another, which would outlive it.
    String order = "{\"name\":\"a\",\"scope\":\"viewer\"}";
    assertThat(api.with(secret, "PUT /tokens/" + ID + "2", order).status()).isEqualTo(403);
    assertThat(api.with(secret, "GET /tokens", "").status()).isEqualTo(403);
    assertThat(api.with(secret, "DELETE /tokens/" + ID + "1", "").status()).isEqualTo(403);
    assertThat(api.as(Role.OPERATOR, "DELETE /tokens/" + ID + "1", "").status()).isEqualTo(204);
    assertThat(api.with(secret, "GET /session", "").status()).isEqualTo(401);
  }

  @Test
  void aTokenCannotDoMoreThanWhoMakesIt() throws Exception {
    Answer refused =
        api.as(Role.ANALYST, "PUT /tokens/" + ID + "1", "{\"name\":\"a\",\"scope\":\"operator\"}");
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.body()).contains("your role is analyst");
    assertThat(appliance.apiToken(Role.ADMIN, Role.ADMIN)).isNotEmpty();
    JsonNode all = json(api.as(Role.ADMIN, "GET /tokens", ""));
    assertThat(all).hasSize(1);
    String id = all.path(0).path("id").asText();
    assertThat(api.as(Role.OPERATOR, "DELETE /tokens/" + id, "").status()).isEqualTo(404);
    assertThat(json(api.as(Role.OPERATOR, "GET /tokens", ""))).isEmpty();
    assertThat(api.as(Role.ADMIN, "DELETE /tokens/" + id, "").status()).isEqualTo(204);
  }

  private static String replay(String interfaceName, String more) {
    return "{\"recording\":\"%s9\",\"interface\":\"%s\"%s}".formatted(ID, interfaceName, more);
  }

  @Test
  void analystsPlayWhereAnAdministratorAllowsIt() throws Exception {
    String put = "PUT /replays/" + ID + "1";
    Answer refused = api.as(Role.ANALYST, put, replay("lab0", ""));
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.body()).contains("lab0", "ask an administrator");
    Answer chosen =
        api.as(
            Role.ADMIN,
            "PUT /replay_targets",
            "{\"interfaces\":[{\"interface\":\"lab0\"},{\"interface\":\"lab1\",\"netns\":\"far\"}]}");
    assertThat(chosen.status()).as(chosen.body()).isEqualTo(200);
    assertThat(api.as(Role.ANALYST, "GET /replay_targets", "").body())
        .isEqualTo(
            "{\"interfaces\":[{\"interface\":\"lab0\",\"netns\":null},"
                + "{\"interface\":\"lab1\",\"netns\":\"far\"}]}");
    assertThat(appliance.accounts.replayTargets().all())
        .containsExactly(new Target("lab0", null), new Target("lab1", "far"));
    // It may; but there is no such interface, or recording.
    assertThat(api.as(Role.ANALYST, put, replay("lab0", "")).status()).isIn(404, 422);
    assertThat(api.as(Role.ANALYST, put, replay("lab1", ",\"netns\":\"far\"")).status())
        .isIn(404, 422);
    String verified = ",\"netns\":\"far\",\"delivery\":{\"verify\":true,\"receivers\":[\"lab1\"]}";
    assertThat(api.as(Role.ANALYST, put, replay("lab1", verified)).status()).isIn(404, 422);
    for (String other :
        List.of(
            replay("lab1", ""),
            replay("lab0", ",\"netns\":\"far\""),
            replay("lab0:1", ""),
            // The player would look for it where it plays.
            replay(
                "lab1",
                ",\"netns\":\"far\",\"delivery\":{\"verify\":true,\"receivers\":[\"lab0\"]}"),
            replay("lab0", ",\"delivery\":{\"serverInterface\":\"lab1\"}"),
            replay("lab0", ",\"delivery\":{\"verify\":true,\"receivers\":[\"eth0\"]}"))) {
      assertThat(api.as(Role.ANALYST, put, other).status()).as(other).isEqualTo(403);
      assertThat(api.as(Role.OPERATOR, put, other).status()).as(other).isIn(404, 422);
    }
    assertThat(api.as(Role.ADMIN, "PUT /replay_targets", "{\"interfaces\":[]}").status())
        .isEqualTo(200);
    assertThat(api.as(Role.ANALYST, put, replay("lab0", "")).status()).isEqualTo(403);
  }

  @Test
  void whatCannotBeAnInterfaceIsNotAllowed() throws Exception {
    for (String wrong :
        List.of(
            "{}",
            "{\"interfaces\":null}",
            "{\"interfaces\":[{}]}",
            "{\"interfaces\":[{\"interface\":\"a b\"}]}",
            "{\"interfaces\":[{\"interface\":\"a/b\"}]}",
            "{\"interfaces\":[{\"interface\":\"a\",\"netns\":\"../x\"}]}")) {
      assertThat(api.as(Role.ADMIN, "PUT /replay_targets", wrong).status())
          .as(wrong)
          .isEqualTo(400);
    }
  }

  @Test
  void anAdministratorReadsTheRecordAndTakesItAway() throws Exception {
    for (int i = 0; i < 3; i++) {
      appliance.clock.pass(Duration.ofSeconds(1));
      appliance
          .accounts
          .audit()
          .remember(
              new Action(
                  "=cmd|' /C calc'!A0",
                  i == 1 ? "a \"b\", c" : null,
                  "::1",
                  Method.PUT,
                  "/api/v1/x" + i,
                  Action.Outcome.DONE,
                  200,
                  i == 2 ? 7L : null));
    }
    JsonNode latest = json(api.as(Role.ADMIN, "GET /audit?limit=2", ""));
    assertThat(latest).hasSize(2);
    assertThat(latest.path(0).path("path").asText()).isEqualTo("/api/v1/x2");
    String before = latest.path(1).path("id").asText();
    assertThat(json(api.as(Role.ADMIN, "GET /audit?before=" + before, "")).findValuesAsText("path"))
        .containsExactly("/api/v1/x0");
    for (String wrong : List.of("limit=0", "limit=1001", "limit=x", "before=-1")) {
      assertThat(api.as(Role.ADMIN, "GET /audit?" + wrong, "").status()).as(wrong).isEqualTo(400);
    }

    Answer table = api.as(Role.ADMIN, "GET /audit.csv", "");
    assertThat(table.header("content-type")).isEqualTo("text/csv; charset=utf-8");
    assertThat(table.header("content-disposition")).contains("tapdeck-audit.csv");
    assertThat(table.body())
        .contains(
            "id,at,user,apiToken,address,method,path,outcome,status,bytes\r\n"
                + "1,2026-01-01T00:00:01Z,'=cmd|' /C calc'!A0,,::1,PUT,/api/v1/x0,done,200,\r\n"
                + "2,2026-01-01T00:00:02Z,'=cmd|' /C calc'!A0,\"a \"\"b\"\","
                + " c\",::1,PUT,/api/v1/x1,done,200,\r\n"
                + "3,2026-01-01T00:00:03Z,'=cmd|' /C calc'!A0,,::1,PUT,/api/v1/x2,done,200,7\r\n"
                + "4,2026-01-01T00:00:03Z,admin,,127.0.0.1,GET,/api/v1/audit.csv,begun,0,\r\n");
    assertThat(api.as(Role.ADMIN, "GET /audit?limit=1", "").body())
        .contains("\"done\"", "audit.csv");
  }
}
