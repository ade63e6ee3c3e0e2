package io.tapdeck.web.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.tapdeck.capture.catalog.Totals;
import io.tapdeck.web.job.Figures;
import io.tapdeck.web.job.RecordingRequest;
import io.tapdeck.web.job.RecordingView;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A recording, as the API tells it. */
record RecordingAnswer(
    UUID id,
    String name,
    @JsonProperty("interface") String interfaceName,
    @Nullable String netns,
    RecordingView.@Nullable GuestName guest,
    boolean imported,
    @Nullable Mirror mirror,
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
    @Nullable Long stopAfterPackets,
    Instant createdAt,
    String createdBy,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    String state,
    String reason,
    long interruptions,
    boolean retentionApplied,
    TakenFigures figures,
    Totals segments) {

  record Mirror(UUID serviceId, List<UUID> flowIds) {}

  record TakenFigures(Instant at, @JsonUnwrapped Figures figures) {}

  static RecordingAnswer of(RecordingView view, Totals segments) {
    RecordingRequest request = view.request();
    return new RecordingAnswer(
        view.id(),
        request.name(),
        view.interfaceName(),
        view.netns().orElse(null),
        view.guest().orElse(null),
        request.isImported(),
        view.mirror().map(ids -> new Mirror(ids.service(), ids.flows())).orElse(null),
        request.filter(),
        request.direction(),
        request.snaplen(),
        request.rotateSize(),
        request.rotateEvery(),
        request.keepBytes(),
        request.keepFiles(),
        request.keepAge(),
        request.keepFree(),
        request.stopAfterTime(),
        request.stopAfterBytes(),
        request.stopAfterPackets(),
        view.createdAt(),
        view.createdBy(),
        view.startedAt().orElse(null),
        view.endedAt().orElse(null),
        view.state().word(),
        view.reason(),
        view.interruptions(),
        view.retentionApplied(),
        new TakenFigures(view.at(), view.figures()),
        segments);
  }
}
