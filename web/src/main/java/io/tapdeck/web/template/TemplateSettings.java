package io.tapdeck.web.template;

import io.tapdeck.capture.recording.RecordingSettings;
import io.tapdeck.web.job.RecordingRequest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How something is recorded, whatever it is; as in {@link RecordingRequest}. What is null is not
 * limited.
 */
public record TemplateSettings(
    String filter,
    String direction,
    int snaplen,
    long rotateSize,
    @Nullable Duration rotateEvery,
    @Nullable Long keepBytes,
    @Nullable Long keepFiles,
    @Nullable Duration keepAge,
    @Nullable Integer keepFree,
    @Nullable Duration stopAfterTime,
    @Nullable Long stopAfterBytes,
    @Nullable Long stopAfterPackets) {
  /** All packets as they are, without limits. */
  public static final TemplateSettings ANY =
      new TemplateSettings(
          "",
          "auto",
          RecordingSettings.DEFAULT_SNAPLEN,
          RecordingSettings.DEFAULT_ROTATE_SIZE.bytes(),
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null);

  /**
   * @throws IllegalArgumentException if a value is out of bounds; the message is for people
   */
  public TemplateSettings {
    var _ =
        new RecordingRequest(
            "any",
            null,
            "any",
            null,
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
  }

  /**
   * A recording with these settings, of an interface or a guest.
   *
   * @throws IllegalArgumentException if a value is out of bounds; the message is for people
   */
  public RecordingRequest request(
      String name, @Nullable String guest, @Nullable String interfaceName, @Nullable String netns) {
    return new RecordingRequest(
            name,
            guest,
            interfaceName,
            netns,
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
            stopAfterPackets)
        .ofSomething();
  }
}
