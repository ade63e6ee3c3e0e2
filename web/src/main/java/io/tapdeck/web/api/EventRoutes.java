package io.tapdeck.web.api;

import io.tapdeck.web.http.Call;
import io.tapdeck.web.http.Event;
import io.tapdeck.web.http.EventStream;
import io.tapdeck.web.http.Role;
import io.tapdeck.web.http.Route;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code /events}: what changes, as it changes. Who connects is told all of it first; who connects
 * anew, and says which event was the last, what is news since.
 */
final class EventRoutes {
  private static final Duration SILENCE = Duration.ofSeconds(15);
  private static final EventFeed.Pace PACE =
      new EventFeed.Pace(Duration.ofMillis(500), Duration.ofMillis(500));
  private static final List<Event> ALIVE = List.of(Event.of("alive", Map.of()));

  private final EventFeed feed;

  EventRoutes(Parts parts) {
    Map<String, EventFeed.Source> sources = new LinkedHashMap<>();
    sources.put("recordings", () -> RecordingRoutes.all(parts));
    sources.put("replays", () -> ReplayRoutes.all(parts.replays()));
    sources.put("mirrors", () -> MirrorsAnswer.of(parts));
    feed = new EventFeed(sources, parts.changes(), PACE);
  }

  List<Route> routes() {
    return List.of(Route.get("/events", Role.VIEWER, "Changes, as server-sent events", this::tell));
  }

  private void tell(Call call) throws IOException, InterruptedException {
    EventStream events = call.events();
    if (call.headOnly()) {
      return;
    }
    try (EventFeed.Listener listener = feed.listen(call.header("Last-Event-ID").orElse(""))) {
      if (listener.isBack()) {
        // There may be no news for long.
        events.send(ALIVE);
      }
      while (true) {
        List<Event> news = listener.await(SILENCE);
        events.send(news.isEmpty() ? ALIVE : news);
      }
    }
  }
}
