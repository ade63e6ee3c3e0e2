package io.tapdeck.web.api;

import static io.tapdeck.web.api.Refusals.told;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapdeck.capture.os.NetworkNamespace;
import io.tapdeck.replay.proof.Receiver;
import io.tapdeck.web.account.ReplayTargets;
import io.tapdeck.web.account.ReplayTargets.Target;
import io.tapdeck.web.http.Call;
import io.tapdeck.web.http.Caller;
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
  private final ReplayTargets targets;

  /**
   * @param targets where analysts may play to
   */
  ReplayRoutes(Replays replays, ReplayTargets targets) {
    this.replays = replays;
    this.targets = targets;
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
        Route.put("/replays/{id}", Role.ANALYST, "Start a replay", told(this::create)),
        Route.delete("/replays/{id}", Role.ANALYST, "Forget one", told(this::delete)),
        Route.post("/replays/{id}/stop", Role.ANALYST, "Stop one", told(this::stop)),
        Route.post("/replays/{id}/pause", Role.ANALYST, "Pause one", told(this::pause)),
        Route.post("/replays/{id}/resume", Role.ANALYST, "Go on with one", told(this::resume)),
        Route.post("/replays/{id}/step", Role.ANALYST, "Send its next frames", told(this::step)),
        Route.post("/replays/{id}/pace", Role.ANALYST, "Change its pace", told(this::changePace)));
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
    checkAllowed(call, request);
    Replays.Created created = replays.create(call.id("id"), request, call.caller().user());
    call.json(created.isNew() ? 201 : 200, ReplayAnswer.of(created.replay()));
  }

  /** Analysts open those interfaces alone that an administrator allows, at any time. */
  private void checkAllowed(Call call, ReplayRequest request) {
    if (!call.caller().role().covers(Role.OPERATOR)) {
      request.interfaces().forEach(this::checkAllowed);
    }
  }

  private void checkAllowed(Receiver place) {
    if (!targets.allows(
        new Target(
            place.interfaceName(), place.namespace().map(NetworkNamespace::name).orElse(null)))) {
      throw Problem.forbidden(
          place
              + " is not among the interfaces that analysts may use: ask an administrator to allow"
              + " it");
    }
  }

  /**
   * The replay that a path names, if the caller may hold it or end it: analysts have their own.
   *
   * @throws Problem 403 if it is somebody else's
   */
  private UUID own(Call call) {
    UUID id = call.id("id");
    Caller caller = call.caller();
    boolean isOthers =
        replays.find(id).filter(it -> !it.createdBy().equals(caller.user())).isPresent();
    if (isOthers && !caller.role().covers(Role.OPERATOR)) {
      throw Problem.forbidden("this replay is another user's");
    }
    return id;
  }

  /** The same, if the caller may also have it send: what was allowed may not be any more. */
  private UUID sendable(Call call) {
    UUID id = own(call);
    replays.find(id).ifPresent(it -> checkAllowed(call, it.request()));
    return id;
  }

  private void stop(Call call) throws IOException, InterruptedException {
    ReplayDocument replay = replays.stop(own(call), PATIENCE);
    call.json(replay.state().isOver() ? 200 : 202, ReplayAnswer.of(replay));
  }

  private void pause(Call call) throws InterruptedException {
    answer(call, replays.pause(own(call), SOON));
  }

  private void resume(Call call) throws InterruptedException {
    answer(call, replays.resume(sendable(call), SOON));
  }

  private void step(Call call) throws IOException, InterruptedException {
    Long frames = call.body(Step.class).frames();
    long wanted = frames == null ? 1 : frames;
    if (wanted < 1) {
      throw Problem.badRequest("frames are 1 or more, not " + wanted);
    }
    answer(call, replays.step(sendable(call), wanted, SOON));
  }

  private void changePace(Call call) throws IOException {
    answer(call, replays.changePace(sendable(call), call.body(ReplayPace.class)));
  }

  private static void answer(Call call, ReplayDocument replay) {
    call.json(ReplayAnswer.of(replay));
  }

  private void delete(Call call) throws IOException {
    replays.delete(own(call));
    call.none(204);
  }
}
