package io.tapdeck.capture.segment;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where a segment's frames come from: the recording, and how it was set up.
 *
 * @param recording the recording's id
 * @param interfaceName the interface
 * @param netns the interface's network namespace, null for the one of the recorder's caller
 * @param filter a pcap-filter(7) expression, empty for every frame
 * @param direction in, out or both
 * @param snaplen bytes kept of each frame at most
 * @param rotateSize bytes of a segment at most
 * @param rotateEvery an ISO 8601 duration, null if time does not matter
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Origin(
    UUID recording,
    @JsonProperty("interface") String interfaceName,
    @Nullable String netns,
    String filter,
    String direction,
    int snaplen,
    long rotateSize,
    @Nullable String rotateEvery) {
  /** Also as it is read from a file: what is missing there makes it none. */
  public Origin {
    Objects.requireNonNull(recording, "recording");
    Objects.requireNonNull(interfaceName, "interface");
    Objects.requireNonNull(filter, "filter");
    Objects.requireNonNull(direction, "direction");
  }
}
