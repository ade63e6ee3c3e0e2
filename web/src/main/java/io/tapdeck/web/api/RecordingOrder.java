package io.tapdeck.web.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.tapdeck.web.job.RecordingRequest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A recording, as it is asked for: what is left out has its default. */
public record RecordingOrder(
    @Nullable String name,
    @Nullable String guest,
    @JsonProperty("interface") @Nullable String interfaceName,
    @Nullable String netns,
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
   * @throws IllegalArgumentException if something is missing or out of bounds; for people
   */
  public RecordingRequest request() {
    SettingsOrder settings =
        new SettingsOrder(
            filter,
            direction,
            snaplen,
            rotateSize,
            rotateEvery,
            keepBytes,
            keepFiles,
            keepAge,
            keepFree,
            stopAfterTime,
            stopAfterBytes,
            stopAfterPackets);
    return settings.settings().request(Given.field("name", name), guest, interfaceName, netns);
  }
}
