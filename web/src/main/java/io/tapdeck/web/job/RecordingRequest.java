package io.tapdeck.web.job;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.tapdeck.capture.os.NetworkNamespace;
import io.tapdeck.capture.recording.Direction;
import io.tapdeck.capture.recording.RecordingSettings;
import io.tapdeck.capture.unit.DataSize;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What is to be recorded, and how: of an interface, or of a guest, whose traffic is then mirrored
 * for it. Of neither, if it was recorded elsewhere and taken in. Sizes are in bytes; what is null
 * is not limited.
 *
 * @param guest a guest's id, if it is not an interface
 * @param interfaceName the interface, if it is not a guest
 * @param netns the interface's network namespace, null for the appliance's own
 * @param filter a pcap-filter(7) expression, empty for every frame
 * @param direction auto, in, out or both
 * @param keepFree percent of the file system that retention keeps free
 */
public record RecordingRequest(
    String name,
    @Nullable String guest,
    @JsonProperty("interface") @Nullable String interfaceName,
    @Nullable String netns,
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
  private static final int LONGEST_GUEST = 256;

  /**
   * @throws IllegalArgumentException if a value is out of bounds; the message is for people
   */
  public RecordingRequest {
    Bounds.name(name);
    if (guest != null && interfaceName != null) {
      throw neither();
    }
    if (guest != null && (guest.isEmpty() || guest.length() > LONGEST_GUEST)) {
      throw new IllegalArgumentException("a guest is given by its id: see the list of guests");
    }
    if (guest != null && netns != null) {
      throw new IllegalArgumentException("a guest is recorded where its copies come: no netns");
    }
    if (interfaceName != null) {
      Bounds.interfaceName(interfaceName);
    }
    Bounds.filter(filter);
    if (!direction.equals(direction.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException("a direction is auto, in, out or both");
    }
    Bounds.time("rotateEvery", rotateEvery);
    var _ = new RecordingRetention(keepBytes, keepFiles, keepAge, keepFree);
    Bounds.time("stopAfterTime", stopAfterTime);
    Bounds.atLeastOne("stopAfterBytes", stopAfterBytes);
    Bounds.atLeastOne("stopAfterPackets", stopAfterPackets);
    check(netns, direction, snaplen, rotateSize);
  }

  /**
   * What was recorded elsewhere, and is taken in under a name.
   *
   * @throws IllegalArgumentException if nothing can be called so
   */
  static RecordingRequest imported(String name) {
    return new RecordingRequest(
        name,
        null,
        null,
        null,
        "",
        "both",
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
  }

  /** Whether it was recorded elsewhere. */
  @JsonIgnore
  public boolean isImported() {
    return guest == null && interfaceName == null;
  }

  /**
   * The same, of something that is there to be recorded.
   *
   * @throws IllegalArgumentException if it is not
   */
  public RecordingRequest ofSomething() {
    if (isImported()) {
      throw neither();
    }
    return this;
  }

  private static IllegalArgumentException neither() {
    return new IllegalArgumentException("give either an interface or a guest to record");
  }

  /** How much of it is kept. */
  public RecordingRetention retention() {
    return new RecordingRetention(keepBytes, keepFiles, keepAge, keepFree);
  }

  /** The same, of which so much is kept. */
  public RecordingRequest keeping(RecordingRetention retention) {
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
        retention.keepBytes(),
        retention.keepFiles(),
        retention.keepAge(),
        retention.keepFree(),
        stopAfterTime,
        stopAfterBytes,
        stopAfterPackets);
  }

  /** What the recorder itself would refuse. */
  private static void check(
      @Nullable String netns, String direction, int snaplen, long rotateSize) {
    RecordingSettings.Builder settings =
        RecordingSettings.builder("any", Path.of("any"))
            .direction(direction(direction))
            .snaplen(snaplen)
            .rotateSize(new DataSize(rotateSize));
    if (netns != null) {
      settings.namespace(new NetworkNamespace(netns));
    }
    var _ = settings.build();
  }

  private static Direction direction(String word) {
    for (Direction direction : Direction.values()) {
      if (direction.name().toLowerCase(Locale.ROOT).equals(word)) {
        return direction;
      }
    }
    throw new IllegalArgumentException("a direction is auto, in, out or both");
  }
}
