package io.tapdeck.web.api;

import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.TapService;
import io.tapdeck.provisioner.northbound.Northbound;
import io.tapdeck.web.forecast.Alert;
import io.tapdeck.web.forecast.CompletenessAlerts;
import io.tapdeck.web.forecast.DiskAlerts;
import io.tapdeck.web.forecast.Forecast;
import io.tapdeck.web.forecast.Growing;
import io.tapdeck.web.forecast.RecordingAlerts;
import io.tapdeck.web.forecast.WriteRate;
import io.tapdeck.web.http.Role;
import io.tapdeck.web.http.Route;
import io.tapdeck.web.job.JobRefusal;
import io.tapdeck.web.job.RecordingView;
import io.tapdeck.web.job.Sample;
import io.tapdeck.web.mirror.Completeness;
import io.tapdeck.web.mirror.Known;
import io.tapdeck.web.mirror.RecorderReading;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** {@code /forecast} and {@code /alerts}: what is to be expected, and what is to be seen to. */
final class ForecastRoutes {
  /** However many ask, recorders are asked no more often. */
  private static final Duration FRESH = Duration.ofSeconds(2);

  private final Parts parts;
  private final CompletenessAlerts losses = new CompletenessAlerts();
  private @Nullable List<AlertAnswer> alerts;
  private long alertsAt;

  ForecastRoutes(Parts parts) {
    this.parts = parts;
  }

  /**
   * An alert.
   *
   * @param level critical or warning
   */
  record AlertAnswer(String level, @Nullable UUID recording, String says, String todo) {
    static AlertAnswer of(Alert alert) {
      return new AlertAnswer(
          switch (alert.level()) {
            case CRITICAL -> "critical";
            case WARNING -> "warning";
          },
          alert.recording(),
          alert.says(),
          alert.todo());
    }
  }

  List<Route> routes() {
    return List.of(
        Route.get(
            "/forecast",
            Role.VIEWER,
            "How disks and retention will go on",
            call -> call.json(forecast(Instant.now()))),
        Route.get(
            "/alerts", Role.VIEWER, "What is to be seen to", call -> call.json(freshAlerts())));
  }

  private Forecast forecast(Instant now) throws IOException {
    Map<FileStore, List<Growing>> recordings = new LinkedHashMap<>();
    Map<FileStore, Path> paths = new LinkedHashMap<>();
    Path data = parts.recordings().directory();
    FileStore own = Files.getFileStore(data);
    paths.put(own, data);
    recordings.put(own, new ArrayList<>());
    for (RecordingView view : parts.recordings().all()) {
      if (view.isUnderWay()) {
        try {
          FileStore store = Files.getFileStore(view.directory());
          var _ = paths.putIfAbsent(store, view.directory());
          recordings
              .computeIfAbsent(store, key -> new ArrayList<>())
              .add(
                  new Growing(
                      view.id(),
                      view.request(),
                      parts.catalog().totals(view.id()),
                      WriteRate.of(samples(view.id()), now)));
        } catch (NoSuchFileException deleted) {
          // Then it needs no room.
        }
      }
    }
    List<Forecast.Disk> disks = new ArrayList<>();
    for (Map.Entry<FileStore, List<Growing>> on : recordings.entrySet()) {
      FileStore store = on.getKey();
      disks.add(
          new Forecast.Disk(
              String.valueOf(paths.get(store)),
              store.getTotalSpace(),
              store.getUsableSpace(),
              on.getValue()));
    }
    return Forecast.of(disks, now);
  }

  private List<Sample> samples(UUID recording) {
    try {
      return parts.recordings().samples(recording);
    } catch (JobRefusal deleted) {
      return List.of();
    }
  }

  private synchronized List<AlertAnswer> freshAlerts() throws IOException, InterruptedException {
    List<AlertAnswer> known = alerts;
    if (known != null && System.nanoTime() - alertsAt < FRESH.toNanos()) {
      return known;
    }
    Instant now = Instant.now();
    List<Alert> found = new ArrayList<>();
    for (RecordingView view : parts.recordings().all()) {
      found.addAll(RecordingAlerts.of(view, samples(view.id()), now));
    }
    found.addAll(DiskAlerts.of(forecast(now)));
    found.addAll(losses.look(completeness(), now));
    List<AlertAnswer> fresh =
        found.stream().sorted(Comparator.comparing(Alert::level)).map(AlertAnswer::of).toList();
    alerts = fresh;
    alertsAt = System.nanoTime();
    return fresh;
  }

  /** Of every mirror that is known now. */
  private List<CompletenessAlerts.Watched> completeness() throws InterruptedException {
    Optional<Northbound> northbound = parts.northbound().now();
    if (northbound.isEmpty()) {
      return List.of();
    }
    // The last step first: what comes meanwhile is then missing nowhere.
    List<RecorderReading> recorders = RecorderReading.of(parts.recordings().sockets());
    try {
      Known known = Known.of(northbound.get());
      MirrorView view = northbound.get().view();
      Predicate<Host> isLocal = host -> host.isOn(parts.machine());
      return view.services().stream()
          .map(service ->
              new CompletenessAlerts.Watched(
                  Completeness.of(service, view, known.counts(), recorders, isLocal),
                  isDestinationHeard(service, view, known)))
          .toList();
    } catch (IOException ended) {
      return List.of();
    }
  }

  private static boolean isDestinationHeard(TapService service, MirrorView view, Known known) {
    return view.destination(service).filter(host -> known.away().contains(host.name())).isEmpty();
  }
}
