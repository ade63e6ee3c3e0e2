package io.tapdeck.web.mirror;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/**
 * A tap service and tap flows that were made for one recording of a guest, and end with it.
 *
 * @param guest the guest's id
 * @param host where the copies go
 * @param flows one for each NIC of the guest
 */
public record GuestMirror(
    String guest, String guestName, String host, UUID service, String name, List<Flow> flows) {
  /** The copies of one NIC. */
  public record Flow(UUID id, String name, String mac) {}

  public GuestMirror {
    flows = List.copyOf(flows);
    if (flows.isEmpty()) {
      throw new IllegalArgumentException("a mirror of a guest has a flow");
    }
  }

  /** The same for the same recording, so that what is made twice is made once. */
  static UUID serviceOf(UUID recording) {
    return named("service of recording " + recording);
  }

  /** Likewise. */
  static UUID flowOf(UUID recording, String mac) {
    return named("flow of " + mac + " for recording " + recording);
  }

  private static UUID named(String what) {
    return UUID.nameUUIDFromBytes(("tapdeck " + what).getBytes(StandardCharsets.UTF_8));
  }

  @JsonIgnore
  public List<UUID> flowIds() {
    return flows.stream().map(Flow::id).toList();
  }
}
