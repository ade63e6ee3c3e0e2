package io.tapdeck.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tapdeck.web.http.Role;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was done to a recording, in whatever way its path was written. */
class RecordingActionsTest {
  @TempDir private Path data;

  @SuppressWarnings("NullAway.Init") // JUnit sets the directory
  RecordingActionsTest() {}

  @Test
  void itIsFoundByTheRecording() throws Exception {
    RecordedFiles files = new RecordedFiles(data);
    UUID one = files.recording("one");
    UUID other = files.recording("other");
    try (Appliance appliance = new Appliance(data)) {
      ApiCalls api = new ApiCalls(appliance);
      String escaped = one.toString().replace("-", "%2d");
      for (String path : List.of(one + "/stop", escaped + "/stop", other + "/stop")) {
        assertThat(api.as(Role.OPERATOR, "POST /recordings/" + path, "{}").status())
            .as(path)
            .isEqualTo(200);
      }
      List<String> paths = new ArrayList<>();
      for (JsonNode action :
          ApiCalls.json(api.as(Role.OPERATOR, "GET /recordings/" + one + "/actions", ""))) {
        paths.add(action.path("path").asText());
      }
      String stop = "/api/v1/recordings/" + one + "/stop";
      assertThat(paths).containsExactly(stop, stop);
    }
  }
}
