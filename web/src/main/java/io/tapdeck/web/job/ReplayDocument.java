package io.tapdeck.web.job;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a replay: {@code job.json}. Also what is shown of it.
 *
 * @param format version of this layout, {@value #FORMAT}
 * @param segments the numbers of those that are played
 * @param total frames that will have been read at the end; 0 if nobody knows
 * @param pace how fast it plays now, if it was changed since; else null
 * @param endedAt null while it is under way
 * @param reason why it stands as it does, for people; empty where the state says it all
 * @param at when the figures were taken
 * @param report what the player said at the end, null if it did not come to that
 */
public record ReplayDocument(
    int format,
    UUID id,
    Instant createdAt,
    String createdBy,
    ReplayRequest request,
    String recordingName,
    List<Integer> segments,
    long total,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    @JsonProperty("state") ReplayState state,
    String reason,
    Instant at,
    ReplayFigures figures,
    @Nullable ReplayPace pace,
    @Nullable ObjectNode report) {
  static final int FORMAT = 1;

  public ReplayDocument {
    if (format != FORMAT) {
      throw new IllegalArgumentException("format " + format + " is not known to this version");
    }
    Bounds.given("id", id);
    Bounds.given("createdAt", createdAt);
    Bounds.user(createdBy);
    Bounds.given("request", request);
    Bounds.given("recordingName", recordingName);
    segments = List.copyOf(Bounds.given("segments", segments));
    Bounds.given("state", state);
    Bounds.given("reason", reason);
    Bounds.given("at", at);
    Bounds.given("figures", figures);
    if (state.isOver() != (endedAt != null)) {
      throw new IllegalArgumentException("a replay that is over has the time of its end");
    }
  }

  static ReplayDocument create(
      UUID id, Instant at, String user, ReplayRequest request, SegmentChoice choice) {
    return new ReplayDocument(
        FORMAT,
        id,
        at,
        user,
        request,
        choice.recordingName(),
        choice.numbers(),
        request.total(choice.packets()),
        null,
        null,
        ReplayState.STARTING,
        "",
        at,
        ReplayFigures.NONE,
        null,
        null);
  }

  ReplayDocument in(ReplayState now, String why) {
    return new ReplayDocument(
        format,
        id,
        createdAt,
        createdBy,
        request,
        recordingName,
        segments,
        total,
        startedAt,
        endedAt,
        now,
        why,
        at,
        figures,
        pace,
        report);
  }

  ReplayDocument heard(Instant when, ReplayFigures latest, @Nullable ReplayPace now) {
    return new ReplayDocument(
        format,
        id,
        createdAt,
        createdBy,
        request,
        recordingName,
        segments,
        total,
        startedAt == null ? when : startedAt,
        endedAt,
        state,
        reason,
        when,
        latest,
        now,
        report);
  }

  ReplayDocument over(
      Instant when, ReplayState how, String why, ReplayFigures last, @Nullable ObjectNode said) {
    return new ReplayDocument(
        format,
        id,
        createdAt,
        createdBy,
        request,
        recordingName,
        segments,
        total,
        startedAt,
        when,
        how,
        why,
        when,
        last,
        pace,
        said);
  }
}
