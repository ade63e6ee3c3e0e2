package io.tapdeck.web.api;

import static io.tapdeck.web.api.Refusals.told;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapdeck.web.http.Call;
import io.tapdeck.web.http.Problem;
import io.tapdeck.web.http.Role;
import io.tapdeck.web.http.Route;
import io.tapdeck.web.job.ReplayDelivery;
import io.tapdeck.web.job.ReplayDocument;
import io.tapdeck.web.job.ReplayFigures;
import io.tapdeck.web.job.ReplayPace;
import io.tapdeck.web.job.ReplayRequest;
import io.tapdeck.web.job.ReplayRewriting;
import io.tapdeck.web.job.ReplaySelection;
import io.tapdeck.web.job.Replays;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** {@code /replays}. */
final class ReplayRoutes {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** In which a player that is told something says that it is so. */
  private static final Duration SOON = Duration.ofSeconds(2);

  private final Replays replays;

  ReplayRoutes(Replays replays) {
    this.replays = replays;
  }

  record TakenFigures(Instant at, @JsonUnwrapped ReplayFigures figures) {}

  /** A replay, as the API tells it. */
  record ReplayAnswer(
      UUID id,
      UUID recording,
      String recordingName,
      List<Integer> segments,
      @JsonProperty("interface") String interfaceName,
      @Nullable String netns,
      ReplayPace pace,
      long loops,
      @Nullable Duration maxGap,
      @Nullable Duration loopDelay,
      @Nullable Boolean paused,
      @Nullable ReplaySelection selection,
      @Nullable ReplayRewriting rewriting,
      @Nullable ReplayDelivery delivery,
      @Nullable ReplayPace changedPace,
      Instant createdAt,
      String createdBy,
      @Nullable Instant startedAt,
      @Nullable Instant endedAt,
      String state,
      String reason,
      long total,
      TakenFigures figures,
      @Nullable ObjectNode report) {
    static ReplayAnswer of(ReplayDocument replay) {
      ReplayRequest request = replay.request();
      return new ReplayAnswer(
          replay.id(),
          request.recording(),
          replay.recordingName(),
          replay.segments(),
          request.interfaceName(),
          request.netns(),
          request.pace(),
          request.loops(),
          request.maxGap(),
          request.loopDelay(),
          request.paused(),
          request.selection(),
          request.rewriting(),
          request.delivery(),
          replay.pace(),
          replay.createdAt(),
          replay.createdBy(),
          replay.startedAt(),
          replay.endedAt(),
          replay.state().word(),
          replay.reason(),
          replay.total(),
          new TakenFigures(replay.at(), replay.figures()),
          replay.report());
    }
  }

  /** A replay, as it is asked for. */
  record ReplayOrder(
      @Nullable UUID recording,
      @Nullable List<Integer> segments,
      @JsonProperty("interface") @Nullable String interfaceName,
      @Nullable String netns,
      @Nullable ReplayPace pace,
      @Nullable Long loops,
      @Nullable Duration maxGap,
      @Nullable Duration loopDelay,
      @Nullable Boolean paused,
      @Nullable ReplaySelection selection,
      @Nullable ReplayRewriting rewriting,
      @Nullable ReplayDelivery delivery) {
    private boolean isForced() {
      return delivery != null && Boolean.TRUE.equals(delivery.force());
    }

    ReplayRequest request() {
      return new ReplayRequest(
          Given.field("recording", recording),
          segments,
          Given.field("interface", interfaceName),
          netns,
          pace == null ? ReplayPace.UNCHANGED : pace,
          loops == null ? 1 : loops,
          maxGap,
          loopDelay,
          paused,
          selection,
          rewriting,
          delivery);
    }
  }

  /** Which frames of a paused replay are to be sent. */
  record Step(@Nullable Long frames) {}

  List<Route> routes() {
    return List.of(
        Route.get("/replays", Role.VIEWER, "All replays", call -> call.json(all(replays))),
        Route.get("/replays/{id}", Role.VIEWER, "One replay", this::show),
        Route.put("/replays/{id}", Role.OPERATOR, "Start a replay", told(this::create)),
        Route.delete("/replays/{id}", Role.OPERATOR, "Forget one", told(this::delete)),
        Route.post("/replays/{id}/stop", Role.OPERATOR, "Stop one", told(this::stop)),
        Route.post("/replays/{id}/pause", Role.OPERATOR, "Pause one", told(this::pause)),
        Route.post("/replays/{id}/resume", Role.OPERATOR, "Go on with one", told(this::resume)),
        Route.post("/replays/{id}/step", Role.OPERATOR, "Send its next frames", told(this::step)),
        Route.post("/replays/{id}/pace", Role.OPERATOR, "Change its pace", told(this::changePace)));
  }

  /** All replays, the newest first. */
  static List<ReplayAnswer> all(Replays replays) {
    return replays.all().stream().map(ReplayAnswer::of).toList();
  }

  private void show(Call call) {
    UUID id = call.id("id");
    call.json(
        replays
            .find(id)
            .map(ReplayAnswer::of)
            .orElseThrow(() -> Problem.notFound("there is no replay " + id)));
  }

  private void create(Call call) throws IOException, InterruptedException {
    ReplayOrder order = call.body(ReplayOrder.class);
    ReplayRequest request = Refusals.within(order::request);
    if (order.isForced() && !call.caller().role().covers(Role.ADMIN)) {
      throw Problem.forbidden(
          "to play to an interface that is being recorded or mirrored needs the role "
              + Role.ADMIN.word());
    }
    Replays.Created created = replays.create(call.id("id"), request, call.caller().user());
    call.json(created.isNew() ? 201 : 200, ReplayAnswer.of(created.replay()));
  }

  private void stop(Call call) throws IOException, InterruptedException {
    ReplayDocument replay = replays.stop(call.id("id"), PATIENCE);
    call.json(replay.state().isOver() ? 200 : 202, ReplayAnswer.of(replay));
  }

  private void pause(Call call) throws InterruptedException {
    answer(call, replays.pause(call.id("id"), SOON));
  }

  private void resume(Call call) throws InterruptedException {
    answer(call, replays.resume(call.id("id"), SOON));
  }

  private void step(Call call) throws IOException, InterruptedException {
    Long frames = call.body(Step.class).frames();
    long wanted = frames == null ? 1 : frames;
    if (wanted < 1) {
      throw Problem.badRequest("frames are 1 or more, not " + wanted);
    }
    answer(call, replays.step(call.id("id"), wanted, SOON));
  }

  private void changePace(Call call) throws IOException {
    answer(call, replays.changePace(call.id("id"), call.body(ReplayPace.class)));
  }

  private static void answer(Call call, ReplayDocument replay) {
    call.json(ReplayAnswer.of(replay));
  }

  private void delete(Call call) throws IOException {
    replays.delete(call.id("id"));
    call.none(204);
  }
}
