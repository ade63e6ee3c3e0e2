package io.tapdeck.web.api;

import static io.tapdeck.web.api.Refusals.told;

import io.tapdeck.web.http.Call;
import io.tapdeck.web.http.Problem;
import io.tapdeck.web.http.Role;
import io.tapdeck.web.http.Route;
import io.tapdeck.web.job.Figures;
import io.tapdeck.web.job.RecordingRequest;
import io.tapdeck.web.job.RecordingRetention;
import io.tapdeck.web.job.RecordingState;
import io.tapdeck.web.job.RecordingView;
import io.tapdeck.web.job.Recordings;
import io.tapdeck.web.job.Sample;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.ToLongFunction;

/** {@code /recordings}: starting, watching and stopping. */
final class RecordingRoutes {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Parts parts;

  RecordingRoutes(Parts parts) {
    this.parts = parts;
  }

  /** Readings of a recording's counters, a column each. */
  record Samples(
      List<Long> at,
      List<Long> received,
      List<Long> written,
      List<Long> writtenBytes,
      List<Long> droppedKernel,
      List<Long> droppedInterface) {
    static Samples of(List<Sample> samples) {
      return new Samples(
          samples.stream().map(sample -> sample.at().toEpochMilli()).toList(),
          column(samples, Figures::received),
          column(samples, Figures::written),
          column(samples, Figures::writtenBytes),
          column(samples, Figures::droppedKernel),
          column(samples, Figures::droppedInterface));
    }

    private static List<Long> column(List<Sample> samples, ToLongFunction<Figures> figure) {
      return samples.stream().map(sample -> figure.applyAsLong(sample.figures())).toList();
    }
  }

  List<Route> routes() {
    return List.of(
        Route.get("/recordings", Role.VIEWER, "All recordings", call -> call.json(all(parts))),
        Route.get("/recordings/{id}", Role.VIEWER, "One recording", this::show),
        Route.put("/recordings/{id}", Role.OPERATOR, "Start a recording", told(this::create)),
        Route.patch("/recordings/{id}", Role.OPERATOR, "Change what it keeps", told(this::change)),
        Route.delete("/recordings/{id}", Role.OPERATOR, "Delete one", told(this::delete)),
        Route.post("/recordings/{id}/stop", Role.OPERATOR, "Stop one", told(this::stop)),
        Route.post("/recordings/{id}/resume", Role.OPERATOR, "Go on with one", told(this::resume)),
        Route.get("/recordings/{id}/samples", Role.VIEWER, "Last readings", told(this::samples)));
  }

  /** All recordings, the newest first. */
  static List<RecordingAnswer> all(Parts parts) {
    return parts.recordings().all().stream().map(view -> answer(parts, view)).toList();
  }

  static RecordingAnswer answer(Parts parts, RecordingView view) {
    return RecordingAnswer.of(view, parts.catalog().totals(view.id()));
  }

  /**
   * The recording that a path names.
   *
   * @throws Problem 404 if there is none
   */
  static RecordingView find(Parts parts, Call call) {
    UUID id = call.id("id");
    return parts
        .recordings()
        .find(id)
        .orElseThrow(() -> Problem.notFound("there is no recording " + id));
  }

  private void show(Call call) {
    call.json(answer(parts, find(parts, call)));
  }

  private void create(Call call) throws IOException, InterruptedException {
    RecordingOrder order = call.body(RecordingOrder.class);
    RecordingRequest request = Refusals.within(order::request);
    Recordings.Created created =
        parts.recordings().create(call.id("id"), request, call.caller().user());
    call.json(created.isNew() ? 201 : 200, answer(parts, created.view()));
  }

  private void change(Call call) throws IOException, InterruptedException {
    RetentionChange change = call.body(RetentionChange.class);
    RecordingView view = find(parts, call);
    RecordingRetention wish = Refusals.within(() -> change.of(view.request().retention()));
    call.json(answer(parts, parts.recordings().keep(view.id(), wish, PATIENCE)));
  }

  private void stop(Call call) throws IOException, InterruptedException {
    RecordingView view = parts.recordings().stop(find(parts, call).id(), PATIENCE);
    parts.catalog().refresh(view.id());
    call.json(view.state() == RecordingState.ENDED ? 200 : 202, answer(parts, view));
  }

  private void resume(Call call) throws IOException, InterruptedException {
    call.json(answer(parts, parts.recordings().resume(find(parts, call).id())));
  }

  private void delete(Call call) throws IOException, InterruptedException {
    parts.recordings().delete(find(parts, call).id());
    call.none(204);
  }

  private void samples(Call call) {
    call.json(Samples.of(parts.recordings().samples(find(parts, call).id())));
  }
}
