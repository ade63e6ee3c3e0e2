package io.tapdeck.web.api;

import io.tapdeck.web.http.Call;
import io.tapdeck.web.http.EventStream;
import io.tapdeck.web.http.Role;
import io.tapdeck.web.http.Route;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@code /events}: what changes, as it changes. */
final class EventRoutes {
  private static final Duration SILENCE = Duration.ofSeconds(15);

  /** No more often, however much changes. */
  private static final Duration INTERVAL = Duration.ofMillis(500);

  private final Parts parts;

  EventRoutes(Parts parts) {
    this.parts = parts;
  }

  List<Route> routes() {
    return List.of(Route.get("/events", Role.VIEWER, "Changes, as server-sent events", this::tell));
  }

  private void tell(Call call) throws IOException, InterruptedException {
    EventStream events = call.events();
    if (call.headOnly()) {
      return;
    }
    Map<String, Object> told = new HashMap<>();
    long quietSince = System.nanoTime();
    while (true) {
      long seen = parts.changes().count();
      boolean news = tell(events, told, "recordings", RecordingRoutes.all(parts));
      news |= tell(events, told, "replays", ReplayRoutes.all(parts.replays()));
      news |= tell(events, told, "mirrors", MirrorsAnswer.of(parts));
      if (news) {
        quietSince = System.nanoTime();
      } else if (System.nanoTime() - quietSince >= SILENCE.toNanos()) {
        events.send("alive", Map.of());
        quietSince = System.nanoTime();
      }
      Thread.sleep(INTERVAL);
      var _ = parts.changes().await(seen, SILENCE);
    }
  }

  private static boolean tell(
      EventStream events, Map<String, Object> told, String name, Object news) {
    if (news.equals(told.put(name, news))) {
      return false;
    }
    events.send(name, news);
    return true;
  }
}
