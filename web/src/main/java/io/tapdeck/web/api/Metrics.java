package io.tapdeck.web.api;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.tapdeck.capture.catalog.Totals;
import io.tapdeck.provisioner.mirror.GroupCount;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.Standing;
import io.tapdeck.provisioner.mirror.State;
import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.provisioner.mirror.TapService;
import io.tapdeck.provisioner.northbound.Northbound;
import io.tapdeck.web.job.Figures;
import io.tapdeck.web.job.RecordingState;
import io.tapdeck.web.job.RecordingView;
import io.tapdeck.web.job.ReplayDocument;
import io.tapdeck.web.job.ReplayFigures;
import io.tapdeck.web.job.ReplayState;
import io.tapdeck.web.mirror.Copies;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All figures of an appliance at one moment, in Prometheus's text format. They are those that the
 * API tells, under the same names.
 */
final class Metrics {
  static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

  private static final Logger LOG = LoggerFactory.getLogger(Metrics.class);

  private final AboutRoutes about;
  private final Parts parts;

  Metrics(AboutRoutes about, Parts parts) {
    this.about = about;
    this.parts = parts;
  }

  byte[] text() throws IOException, InterruptedException {
    List<MetricSnapshot> all = new ArrayList<>();
    all.addAll(appliance());
    all.addAll(recordings());
    all.addAll(replays());
    all.addAll(mirrors());
    MetricSnapshots.Builder snapshots = MetricSnapshots.builder();
    all.stream().filter(one -> !one.getDataPoints().isEmpty()).forEach(snapshots::metricSnapshot);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrometheusTextFormatWriter.create().write(out, snapshots.build());
    return out.toByteArray();
  }

  private List<MetricSnapshot> appliance() throws IOException {
    FileStore store = Files.getFileStore(about.data());
    List<AboutRoutes> self = List.of(about);
    return List.of(
        gauge(
            "tapdeck_build_info",
            "Always 1; the label is the version.",
            self,
            it -> Labels.of("version", it.version()),
            it -> 1),
        gauge(
            "tapdeck_start_time_seconds",
            "When the server was started, since 1970.",
            self,
            it -> Labels.EMPTY,
            it -> it.startedAt().getEpochSecond()),
        gauge(
            "tapdeck_data_free_bytes",
            "Bytes of the data directory's file system that can still be written.",
            List.of(store.getUsableSpace()),
            it -> Labels.EMPTY,
            it -> it),
        gauge(
            "tapdeck_data_size_bytes",
            "Bytes of the data directory's file system.",
            List.of(store.getTotalSpace()),
            it -> Labels.EMPTY,
            it -> it),
        gauge(
            "tapdeck_northbound_connected",
            "1 if the northbound answers.",
            self,
            it -> Labels.EMPTY,
            it -> it.connected().getAsBoolean() ? 1 : 0));
  }

  private List<MetricSnapshot> recordings() {
    List<RecordingView> all = parts.recordings().all();
    Map<UUID, Totals> totals = parts.catalog().totals();
    return List.of(
        recording(
            "received_frames",
            "Frames that the kernel counted for a recording.",
            all,
            Figures::received),
        recording("written_frames", "Frames in segments of a recording.", all, Figures::written),
        recording(
            "written_bytes",
            "Bytes of the frames in segments of a recording.",
            all,
            Figures::writtenBytes),
        recording(
            "dropped_kernel_frames",
            "Frames dropped because the ring of a recording was full.",
            all,
            Figures::droppedKernel),
        recording(
            "dropped_interface_frames",
            "Frames dropped by the interface of a recording before any program.",
            all,
            Figures::droppedInterface),
        recording(
            "unread_at_stop_frames",
            "Frames left in the ring when a limit ended a recording.",
            all,
            Figures::unreadAtStop),
        gauge(
            "tapdeck_recording_buffered_frames",
            "Frames read, and not yet on disk.",
            all,
            Metrics::labels,
            it -> it.figures().buffered()),
        counter(
            "tapdeck_recording_interruptions",
            "How often a recording could not go on for a while.",
            all,
            Metrics::labels,
            RecordingView::interruptions),
        states(
            "tapdeck_recording_state",
            "1 for the state that a recording is in.",
            all,
            Metrics::labels,
            Stream.of(RecordingState.values()).map(RecordingState::word).toList(),
            it -> it.state().word()),
        gauge(
            "tapdeck_recording_segments",
            "Complete segments on disk.",
            all,
            Metrics::labels,
            it -> totals.getOrDefault(it.id(), Totals.NONE).count()),
        gauge(
            "tapdeck_recording_stored_bytes",
            "Bytes of complete segments, as they are stored.",
            all,
            Metrics::labels,
            it -> totals.getOrDefault(it.id(), Totals.NONE).bytes()));
  }

  private static MetricSnapshot recording(
      String name, String help, List<RecordingView> all, ToLongFunction<Figures> figure) {
    return counter(
        "tapdeck_recording_" + name,
        help,
        all,
        Metrics::labels,
        it -> figure.applyAsLong(it.figures()));
  }

  private static Labels labels(RecordingView recording) {
    return Labels.of("recording", recording.id().toString(), "name", recording.request().name());
  }

  private List<MetricSnapshot> replays() {
    List<ReplayDocument> all = parts.replays().all();
    return List.of(
        replay("read_frames", "Frames read by a replay.", all, ReplayFigures::read),
        replay(
            "sent_frames",
            "Frames that the kernel accepted from a replay.",
            all,
            ReplayFigures::sent),
        replay(
            "sent_bytes",
            "Bytes of the frames that the kernel accepted from a replay.",
            all,
            ReplayFigures::sentBytes),
        replay(
            "skipped_frames", "Frames that a replay could not send.", all, ReplayFigures::skipped),
        replay(
            "failed_frames",
            "Frames of a replay that the kernel refused.",
            all,
            ReplayFigures::failed),
        replay(
            "filtered_frames",
            "Frames that a replay was not to play.",
            all,
            ReplayFigures::filtered),
        states(
            "tapdeck_replay_state",
            "1 for the state that a replay is in.",
            all,
            Metrics::labels,
            Stream.of(ReplayState.values()).map(ReplayState::word).toList(),
            it -> it.state().word()));
  }

  private static MetricSnapshot replay(
      String name, String help, List<ReplayDocument> all, ToLongFunction<ReplayFigures> figure) {
    return counter(
        "tapdeck_replay_" + name,
        help,
        all,
        Metrics::labels,
        it -> figure.applyAsLong(it.figures()));
  }

  private static Labels labels(ReplayDocument replay) {
    return Labels.of("replay", replay.id().toString(), "name", replay.recordingName());
  }

  /** A service and what was counted of its copies. */
  private record Counted(TapService service, Copies copies) {
    Labels labels() {
      return Labels.of("tap_service", service.id().toString(), "name", service.name());
    }
  }

  /** Nothing while the northbound is away: old figures are not shown for new ones. */
  private List<MetricSnapshot> mirrors() throws InterruptedException {
    Optional<Northbound> northbound = parts.northbound().now();
    if (northbound.isEmpty()) {
      return List.of();
    }
    try {
      List<GroupCount> counts = northbound.get().counts();
      MirrorView view = northbound.get().view();
      List<Counted> services =
          view.services().stream()
              .map(service -> new Counted(service, Copies.of(service, view, counts)))
              .toList();
      return List.of(
          copies("mirrored", "Copies taken for a tap service.", services, Copies::mirrored),
          copies(
              "delivered", "Copies sent to the NIC of a tap service.", services, Copies::delivered),
          copies(
              "unfit", "Copies too long for their way to a tap service.", services, Copies::unfit),
          copies(
              "limited",
              "Copies dropped by the limit of a tap service.",
              services,
              Copies::limited),
          copies(
              "repeated",
              "Copies not sent, because another flow of the service had sent the frame.",
              services,
              Copies::repeated),
          counter(
              "tapdeck_copies_interruptions",
              "How often the counters of a switch began anew.",
              services,
              Counted::labels,
              it -> it.copies().interruptions()),
          states(
              "tapdeck_tap_flow_state",
              "1 for the state that a tap flow is in.",
              view.flows(),
              Metrics::labels,
              Stream.of(State.values()).map(State::word).toList(),
              flow -> Standing.of(flow, view).state().word()));
    } catch (IOException away) {
      LOG.warn("the northbound's counters cannot be read: {}", away.toString());
      return List.of();
    }
  }

  private static MetricSnapshot copies(
      String name, String help, List<Counted> all, ToLongFunction<Copies> figure) {
    return counter(
        "tapdeck_copies_" + name,
        help,
        all,
        Counted::labels,
        it -> figure.applyAsLong(it.copies()));
  }

  private static Labels labels(TapFlow flow) {
    return Labels.of("tap_flow", flow.id().toString(), "name", flow.name());
  }

  private static <T> MetricSnapshot counter(
      String name,
      String help,
      List<T> items,
      Function<T, Labels> labels,
      ToLongFunction<T> value) {
    CounterSnapshot.Builder counter = CounterSnapshot.builder().name(name).help(help);
    for (T item : items) {
      counter.dataPoint(
          CounterDataPointSnapshot.builder()
              .labels(labels.apply(item))
              .value((double) Math.max(0, value.applyAsLong(item)))
              .build());
    }
    return counter.build();
  }

  private static <T> MetricSnapshot gauge(
      String name,
      String help,
      List<T> items,
      Function<T, Labels> labels,
      ToDoubleFunction<T> value) {
    GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help);
    for (T item : items) {
      gauge.dataPoint(
          GaugeDataPointSnapshot.builder()
              .labels(labels.apply(item))
              .value(value.applyAsDouble(item))
              .build());
    }
    return gauge.build();
  }

  /** Whether something is in a state. */
  private record InState<T>(T item, String state, boolean now) {}

  /** One line a state, of which one is 1: so a rule can name the state that it waits for. */
  private static <T> MetricSnapshot states(
      String name,
      String help,
      List<T> items,
      Function<T, Labels> labels,
      List<String> states,
      Function<T, String> stateOf) {
    List<InState<T>> all =
        items.stream()
            .flatMap(item ->
                states.stream()
                    .map(state -> new InState<>(item, state, state.equals(stateOf.apply(item)))))
            .toList();
    return gauge(
        name,
        help,
        all,
        one -> labels.apply(one.item()).merge(Labels.of("state", one.state())),
        one -> one.now() ? 1 : 0);
  }
}
