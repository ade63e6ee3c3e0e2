package io.tapdeck.web.api;

import io.tapdeck.web.http.Call;
import io.tapdeck.web.http.Problem;
import io.tapdeck.web.http.Role;
import io.tapdeck.web.http.Route;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code /healthz}, {@code /readyz} and {@code /metrics}, which are not below the API's paths: what
 * watches many services looks for them there.
 */
public final class MonitoringRoutes {
  private static final Duration SOON = Duration.ofSeconds(5);

  private final AboutRoutes about;
  private final Metrics metrics;

  public MonitoringRoutes(AboutRoutes about, Parts parts) {
    this.about = about;
    this.metrics = new Metrics(about, parts);
  }

  /** With their whole paths. */
  public List<Route> routes() {
    return List.of(
        Route.get("/healthz", Role.NOBODY, "Whether it answers", MonitoringRoutes::well),
        Route.get("/readyz", Role.NOBODY, "Whether it can do its work", this::showReady),
        Route.get("/metrics", Role.VIEWER, "All figures, for Prometheus", this::showMetrics));
  }

  private static void well(Call call) {
    call.bytes(200, "text/plain; charset=utf-8", "ok\n".getBytes(StandardCharsets.UTF_8));
  }

  private void showReady(Call call) {
    List<String> missing = new ArrayList<>();
    if (!Files.isWritable(about.data())) {
      missing.add("the data directory cannot be written");
    }
    if (!about.connected().getAsBoolean()) {
      missing.add("the northbound does not answer");
    }
    if (!missing.isEmpty()) {
      throw Problem.unavailable(String.join("; ", missing), SOON);
    }
    well(call);
  }

  private void showMetrics(Call call) throws IOException, InterruptedException {
    call.bytes(200, Metrics.CONTENT_TYPE, metrics.text());
  }
}
