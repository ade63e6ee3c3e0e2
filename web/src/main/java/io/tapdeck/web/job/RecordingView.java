package io.tapdeck.web.job;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A recording as it is at one moment.
 *
 * @param interfaceName where it records; empty until the NIC of a guest's mirror is known, and of
 *     what was recorded elsewhere
 * @param guest the guest it is of
 * @param mirror what is there for it alone
 * @param at when the figures were taken
 * @param retentionApplied whether a recorder is at work that keeps what it should; what is to be
 *     kept was perhaps changed, and then holds for the next at the latest
 * @param reason why it stands as it does, for people; empty where the state says it all
 */
public record RecordingView(
    UUID id,
    Path directory,
    RecordingRequest request,
    String interfaceName,
    Optional<String> netns,
    Optional<GuestName> guest,
    Optional<MirrorIds> mirror,
    Instant createdAt,
    String createdBy,
    Optional<Instant> startedAt,
    Optional<Instant> endedAt,
    RecordingState state,
    String reason,
    long interruptions,
    boolean retentionApplied,
    Instant at,
    Figures figures) {
  /** A guest. */
  public record GuestName(String id, String name) {}

  /** A tap service and its flows. */
  public record MirrorIds(UUID service, List<UUID> flows) {}

  /** Whether its interface is, or is about to be, recorded. */
  public boolean isUnderWay() {
    return state != RecordingState.ENDED;
  }
}
