package io.tapdeck.web.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.tapdeck.capture.recording.RecordingSettings;
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
    return new RecordingRequest(
        Given.field("name", name),
        guest,
        interfaceName,
        netns,
        filter == null ? "" : filter,
        direction == null ? "auto" : direction,
        snaplen == null ? RecordingSettings.DEFAULT_SNAPLEN : snaplen,
        rotateSize == null ? RecordingSettings.DEFAULT_ROTATE_SIZE.bytes() : rotateSize,
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
