package io.tapdeck.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.web.account.ReplayTargets.Target;
import io.tapdeck.web.command.VethLab;
import io.tapdeck.web.http.Role;
import io.tapdeck.web.job.JobLab;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Analysts and replays that are under way. */
@Tag("lab")
class AnalystReplayTest {
  @TempDir private Path data;

  private JobLab lab;
  private Appliance appliance;
  private ApiCalls api;

  @BeforeEach
  void replaySomething() throws Exception {
    lab = new JobLab(data);
    recording = lab.record(lab.request());
    lab.send(10);
    lab.awaitWritten(recording, 10);
    lab.recordings().stop(recording, JobLab.PATIENCE);
    lab.letGo();
    // With the launcher as its program: it can start players.
    appliance = new Appliance(data, lab.program());
    api = new ApiCalls(appliance);
    allow(List.of(new Target(VethLab.NEAR, lab.near())));
    assertThat(
            api.as(
                    Role.ANALYST,
                    "PUT /replays/" + hers,
                    """
                    {"recording":"%s","interface":"%s","netns":"%s","paused":true,"loops":0}\
                    """
                        .formatted(recording, VethLab.NEAR, lab.near()))
                .status())
        .isEqualTo(201);
  }

  private final UUID hers = UUID.randomUUID();

  @SuppressWarnings("NullAway.Init") // made before each test
  private UUID recording;

  @AfterEach
  void close() throws Exception {
    assertThat(status(Role.OPERATOR, "stop")).isEqualTo(200);
    appliance.close();
    lab.close();
  }

  private void allow(List<Target> targets) {
    appliance.accounts.replayTargets().replace(targets);
  }

  private int status(Role role, String what) throws Exception {
    return api.as(role, "POST /replays/" + hers + "/" + what, "{}").status();
  }

  @Test
  void whatIsNotAllowedAnyMoreIsNotGoneOnWithButCanBeHeldAndEnded() throws Exception {
    assertThat(status(Role.ANALYST, "step")).isEqualTo(200);
    allow(List.of());
    for (String sends : List.of("step", "resume")) {
      assertThat(status(Role.ANALYST, sends)).as(sends).isEqualTo(403);
    }
    assertThat(
            api.as(Role.ANALYST, "POST /replays/" + hers + "/pace", "{\"topspeed\":true}").status())
        .isEqualTo(403);
    assertThat(status(Role.OPERATOR, "step")).isEqualTo(200);
    assertThat(status(Role.ANALYST, "pause")).isEqualTo(200);
    assertThat(status(Role.ANALYST, "stop")).isEqualTo(200);
  }

  @Test
  void anothersReplayIsNotHers() throws Exception {
    String secret = appliance.apiToken(Role.OPERATOR, Role.ANALYST);
    for (String what : List.of("pause", "resume", "step", "stop")) {
      assertThat(api.with(secret, "POST /replays/" + hers + "/" + what, "{}").status())
          .as(what)
          .isEqualTo(403);
    }
    assertThat(api.with(secret, "DELETE /replays/" + hers, "{}").status()).isEqualTo(403);
  }

  @Test
  void aSegmentThatIsPlayedIsNotDeletedUntilThatIsOver() throws Exception {
    String segment = "DELETE /recordings/" + recording + "/segments/1";
    assertThat(api.as(Role.OPERATOR, segment, "{}").status()).isEqualTo(409);
    assertThat(status(Role.OPERATOR, "stop")).isEqualTo(200);
    assertThat(api.as(Role.OPERATOR, segment, "{}").status()).isEqualTo(204);
  }
}
