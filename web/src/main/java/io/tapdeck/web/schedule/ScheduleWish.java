package io.tapdeck.web.schedule;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.tapdeck.web.job.Bounds;
import io.tapdeck.web.template.TemplateSettings;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is recorded, how, and when. One of guest and interface is given, and one of template and
 * settings.
 *
 * @param name of the schedule, and of its recording
 * @param enabled whether anything is started by it
 * @param template whose settings are taken as they are at each start
 */
public record ScheduleWish(
    String name,
    boolean enabled,
    @Nullable String guest,
    @JsonProperty("interface") @Nullable String interfaceName,
    @Nullable String netns,
    @Nullable UUID template,
    @Nullable TemplateSettings settings,
    Timetable timetable) {
  /**
   * @throws IllegalArgumentException if something is missing or out of bounds; for people
   */
  public ScheduleWish {
    Bounds.name(name);
    Bounds.given("timetable", timetable);
    if ((template == null) == (settings == null)) {
      throw new IllegalArgumentException("give either a template or settings");
    }
    TemplateSettings any = settings == null ? TemplateSettings.ANY : settings;
    var _ = any.request(name, guest, interfaceName, netns);
  }
}
