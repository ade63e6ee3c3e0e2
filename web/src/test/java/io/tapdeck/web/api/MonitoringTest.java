package io.tapdeck.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.web.http.RawHttp.Answer;
import io.tapdeck.web.http.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What watches the appliance asks for. */
class MonitoringTest {
  @TempDir private Path data;

  @SuppressWarnings("NullAway.Init") // made before each test
  private Appliance appliance;

  @SuppressWarnings("NullAway.Init") // JUnit sets the directory
  MonitoringTest() {}

  @BeforeEach
  void start() throws Exception {
    appliance = new Appliance(data);
  }

  @AfterEach
  void stop() throws IOException {
    appliance.close();
  }

  private Answer get(String path, String... headers) throws IOException {
    return appliance.http.send("GET " + path + " HTTP/1.1", headers);
  }

  @Test
  void itSaysThatItIsWellAndWhetherItIsReady() throws Exception {
    assertThat(get("/healthz").body()).isEqualTo("ok\n");
    assertThat(get("/readyz").body()).isEqualTo("ok\n");
    appliance.isConnected = false;
    Answer notReady = get("/readyz");
    assertThat(notReady.status()).isEqualTo(503);
    assertThat(notReady.header("retry-after")).isEqualTo("5");
    assertThat(notReady.body()).contains("the northbound does not answer");
    assertThat(get("/healthz").status()).isEqualTo(200);
  }

  @Test
  void figuresAreForThoseWhoMaySeeThem() throws Exception {
    assertThat(get("/metrics").status()).isEqualTo(401);
    String bearer = "Authorization: Bearer " + appliance.apiToken(Role.VIEWER, Role.VIEWER);
    Answer metrics = get("/metrics", bearer);
    assertThat(metrics.status()).isEqualTo(200);
    assertThat(metrics.header("content-type"))
        .isEqualTo("text/plain; version=0.0.4; charset=utf-8");
    List<String> lines = metrics.body().lines().toList();
    assertThat(lines)
        .contains(
            "# TYPE tapdeck_build_info gauge",
            "tapdeck_build_info{version=\"1.2.3\"} 1.0",
            "tapdeck_northbound_connected 1.0",
            "tapdeck_data_size_bytes " + (double) Files.getFileStore(data).getTotalSpace());
    assertThat(lines).noneMatch(line -> line.contains("tapdeck_recording"));
  }
}
