package io.tapdeck.web.api;

import static io.tapdeck.web.api.Refusals.told;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.tapdeck.web.http.Call;
import io.tapdeck.web.http.Problem;
import io.tapdeck.web.http.Role;
import io.tapdeck.web.http.Route;
import io.tapdeck.web.schedule.Outcome;
import io.tapdeck.web.schedule.RecordingSchedule;
import io.tapdeck.web.schedule.RecordingSchedules;
import io.tapdeck.web.schedule.ScheduleWish;
import io.tapdeck.web.schedule.Timetable;
import io.tapdeck.web.schedule.Window;
import io.tapdeck.web.template.TemplateSettings;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** {@code /recording_schedules}: recordings that start and stop by the calendar. */
final class ScheduleRoutes {
  private static final String ONE = "/recording_schedules/{id}";

  private final Parts parts;

  ScheduleRoutes(Parts parts) {
    this.parts = parts;
  }

  /** A schedule, as it is asked for; it is enabled unless it says otherwise. */
  record ScheduleOrder(
      @Nullable String name,
      @Nullable Boolean enabled,
      @Nullable String guest,
      @JsonProperty("interface") @Nullable String interfaceName,
      @Nullable String netns,
      @Nullable UUID template,
      @Nullable SettingsOrder settings,
      @Nullable Timetable timetable) {
    ScheduleWish wish() {
      return new ScheduleWish(
          Given.field("name", name),
          enabled == null || enabled,
          guest,
          interfaceName,
          netns,
          template,
          settings == null ? null : settings.settings(),
          Given.field("timetable", timetable));
    }
  }

  record WindowOutcome(Instant from, Instant to, String state, String detail, Instant at) {
    static WindowOutcome of(Outcome outcome) {
      return new WindowOutcome(
          outcome.from(),
          outcome.to(),
          outcome.state().name().toLowerCase(Locale.ROOT),
          outcome.detail(),
          outcome.at());
    }
  }

  /**
   * A schedule.
   *
   * @param recording the one that it starts in each window; it need not be there yet
   * @param runningTo when what it has started is stopped; null if nothing is
   * @param next when it starts something next; null if never, or it is disabled
   * @param outcomes of its last windows, the latest first
   */
  record ScheduleAnswer(
      UUID id,
      String name,
      boolean enabled,
      @Nullable String guest,
      @JsonProperty("interface") @Nullable String interfaceName,
      @Nullable String netns,
      @Nullable UUID template,
      @Nullable TemplateSettings settings,
      Timetable timetable,
      Instant changedAt,
      String changedBy,
      UUID recording,
      @Nullable Instant runningTo,
      @Nullable Window next,
      List<WindowOutcome> outcomes) {
    static ScheduleAnswer of(RecordingSchedules.Planned planned) {
      RecordingSchedule schedule = planned.schedule();
      ScheduleWish wish = schedule.wish();
      return new ScheduleAnswer(
          schedule.id(),
          wish.name(),
          wish.enabled(),
          wish.guest(),
          wish.interfaceName(),
          wish.netns(),
          wish.template(),
          wish.settings(),
          wish.timetable(),
          schedule.changedAt(),
          schedule.changedBy(),
          schedule.course().recording(),
          schedule.course().runningTo(),
          planned.next().orElse(null),
          schedule.course().outcomes().reversed().stream().map(WindowOutcome::of).toList());
    }
  }

  List<Route> routes() {
    return List.of(
        Route.get(
            "/recording_schedules",
            Role.VIEWER,
            "All schedules",
            call -> call.json(parts.schedules().all().stream().map(ScheduleAnswer::of).toList())),
        Route.get(ONE, Role.VIEWER, "One schedule", this::show),
        Route.put(ONE, Role.OPERATOR, "Make or change a schedule", told(this::put)),
        Route.delete(ONE, Role.OPERATOR, "Delete a schedule", told(this::delete)));
  }

  private void show(Call call) {
    UUID id = call.id("id");
    call.json(
        parts
            .schedules()
            .find(id)
            .map(ScheduleAnswer::of)
            .orElseThrow(() -> Problem.notFound("there is no recording schedule " + id)));
  }

  private void put(Call call) throws IOException {
    ScheduleOrder order = call.body(ScheduleOrder.class);
    ScheduleWish wish = Refusals.within(order::wish);
    RecordingSchedules.Put put = parts.schedules().put(call.id("id"), wish, call.caller().user());
    call.json(put.isNew() ? 201 : 200, ScheduleAnswer.of(put.planned()));
  }

  private void delete(Call call) throws IOException, InterruptedException {
    parts.schedules().delete(call.id("id"));
    call.none(204);
  }
}
