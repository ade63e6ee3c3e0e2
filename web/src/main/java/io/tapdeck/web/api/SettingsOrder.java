package io.tapdeck.web.api;

import io.tapdeck.web.template.TemplateSettings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How something is to be recorded: what is left out has its default. */
record SettingsOrder(
    @Nullable String filter,
    @Nullable String direction,
    @Nullable Integer snaplen,
    @Nullable Long rotateSize,
    @Nullable Duration rotateEvery,
    @Nullable Long keepBytes,
    @Nullable Long keepFiles,
    @Nullable Duration keepAge,
    @Nullable Integer keepFree,
    @Nullable Duration stopAfterTime,
    @Nullable Long stopAfterBytes,
    @Nullable Long stopAfterPackets) {
  /**
   * With the defaults.
   *
   * @throws IllegalArgumentException if something is out of bounds; for people
   */
  TemplateSettings settings() {
    TemplateSettings any = TemplateSettings.ANY;
    return new TemplateSettings(
        filter == null ? any.filter() : filter,
        direction == null ? any.direction() : direction,
        snaplen == null ? any.snaplen() : snaplen,
        rotateSize == null ? any.rotateSize() : rotateSize,
        rotateEvery,
        keepBytes,
        keepFiles,
        keepAge,
        keepFree,
        stopAfterTime,
        stopAfterBytes,
        stopAfterPackets);
  }
}
