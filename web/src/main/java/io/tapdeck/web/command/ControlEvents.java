package io.tapdeck.web.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapdeck.capture.recording.RecordingProgress;
import io.tapdeck.capture.recording.RecordingSettings;
import io.tapdeck.capture.segment.RetentionLimits;
import io.tapdeck.capture.segment.Sidecar;
import io.tapdeck.capture.segment.UtcTime;
import io.tapdeck.replay.ReplayProgress;
import io.tapdeck.web.job.RecordingRetention;
import java.time.Instant;

/** What a recorder and a player tell on their control socket. */
final class ControlEvents {
  private static final double NANOS_PER_SECOND = 1e9;

  private ControlEvents() {}

  /**
   * How a recording is.
   *
   * @param begun whether frames are let in
   * @param at when it was so
   * @param kept how much it keeps now
   */
  static ObjectNode progress(
      RecordingSettings settings,
      boolean begun,
      Instant at,
      RecordingProgress now,
      RetentionLimits kept) {
    ObjectNode event = event("progress");
    settings.interfaceNames().forEach(event.putArray("interfaces")::add);
    RecordingRetention.of(kept).writeTo(event.putObject("retention"));
    return event
        .put("filter", settings.filter())
        .put("arrivedBefore", now.arrivals().before())
        .put("arrived", now.arrivals().since())
        .put("at", UtcTime.format(at))
        .put("pid", ProcessHandle.current().pid())
        .put("recording", settings.recording().toString())
        .put("begun", begun)
        .put("received", now.received())
        .put("written", now.written())
        .put("buffered", now.buffered())
        .put("writtenBytes", now.writtenBytes())
        .put("droppedKernel", now.droppedKernel())
        .put("droppedInterface", now.droppedInterface())
        .put("segment", now.segment())
        .put("state", now.standing().kind().word())
        .put("reason", now.standing().reason());
  }

  /** How a replay is. */
  static ObjectNode progress(ReplayProgress now) {
    ObjectNode event =
        event("progress")
            .put("at", UtcTime.format(Instant.now()))
            .put("pid", ProcessHandle.current().pid())
            .put("begun", now.begun())
            .put("paused", now.paused())
            .put("read", now.read())
            .put("sent", now.sent())
            .put("sentBytes", now.sentBytes())
            .put("skipped", now.skipped())
            .put("failed", now.failed())
            .put("filtered", now.filtered())
            .put("passesDone", now.passesDone())
            .put("elapsedSeconds", now.elapsed().toNanos() / NANOS_PER_SECOND);
    event.set("pace", ReplayReport.json(now.pace()));
    ReplayReport.putReasons(event, now.skippedBy(), now.failedBy());
    ReplayReport.putTiming(event, now.timingErrors());
    now.share().ifPresent(share -> event.put("position", share));
    now.left().ifPresent(left -> event.put("secondsLeft", left.toNanos() / NANOS_PER_SECOND));
    return event;
  }

  /** A segment is complete. */
  static ObjectNode published(Sidecar segment) {
    return RecordReport.putSegment(event("segment"), segment);
  }

  /** Retention has removed a segment. */
  static ObjectNode removed(String file) {
    return event("removed").put("file", file);
  }

  /** The end, with the whole report. */
  static ObjectNode end(ObjectNode report) {
    return event("end").setAll(report);
  }

  private static ObjectNode event(String name) {
    return JsonNodeFactory.instance.objectNode().put("event", name);
  }
}
