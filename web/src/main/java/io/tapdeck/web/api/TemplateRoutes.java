package io.tapdeck.web.api;

import static io.tapdeck.web.api.Refusals.told;

import io.tapdeck.web.http.Call;
import io.tapdeck.web.http.Problem;
import io.tapdeck.web.http.Role;
import io.tapdeck.web.http.Route;
import io.tapdeck.web.job.Bounds;
import io.tapdeck.web.job.JobRefusal;
import io.tapdeck.web.template.RecordingTemplate;
import io.tapdeck.web.template.RecordingTemplates;
import io.tapdeck.web.template.TemplateSettings;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** {@code /recording_templates}: settings of recordings, under names. */
final class TemplateRoutes {
  private static final String ONE = "/recording_templates/{id}";

  private final Parts parts;

  TemplateRoutes(Parts parts) {
    this.parts = parts;
  }

  record TemplateOrder(@Nullable String name, @Nullable SettingsOrder settings) {
    TemplateOrder {
      Given.field("name", name);
      Given.field("settings", settings);
    }
  }

  record TemplateAnswer(
      UUID id, String name, TemplateSettings settings, Instant changedAt, String changedBy) {
    static TemplateAnswer of(RecordingTemplate template) {
      return new TemplateAnswer(
          template.id(),
          template.name(),
          template.settings(),
          template.changedAt(),
          template.changedBy());
    }
  }

  List<Route> routes() {
    return List.of(
        Route.get(
            "/recording_templates",
            Role.VIEWER,
            "All templates",
            call -> call.json(parts.templates().all().stream().map(TemplateAnswer::of).toList())),
        Route.get(ONE, Role.VIEWER, "One template", this::show),
        Route.put(ONE, Role.OPERATOR, "Make or change a template", told(this::put)),
        Route.delete(ONE, Role.OPERATOR, "Delete a template", told(this::delete)));
  }

  private void show(Call call) {
    UUID id = call.id("id");
    call.json(
        parts
            .templates()
            .find(id)
            .map(TemplateAnswer::of)
            .orElseThrow(() -> Problem.notFound("there is no recording template " + id)));
  }

  private void put(Call call) throws IOException {
    TemplateOrder order = call.body(TemplateOrder.class);
    UUID id = call.id("id");
    String name = Refusals.within(() -> Bounds.name(order.name()));
    TemplateSettings settings =
        Refusals.within(() -> Given.field("settings", order.settings()).settings());
    RecordingTemplates.Put put = parts.templates().put(id, name, settings, call.caller().user());
    call.json(put.isNew() ? 201 : 200, TemplateAnswer.of(put.template()));
  }

  private void delete(Call call) throws IOException {
    UUID id = call.id("id");
    if (parts.schedules().uses(id)) {
      throw new JobRefusal(
          JobRefusal.Kind.CONFLICT, "a schedule uses it: choose another template there first");
    }
    parts.templates().delete(id);
    call.none(204);
  }
}
