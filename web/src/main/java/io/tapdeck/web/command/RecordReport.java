package io.tapdeck.web.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapdeck.capture.netif.DropCounters;
import io.tapdeck.capture.recording.InterfaceCounts;
import io.tapdeck.capture.recording.RecordingSettings;
import io.tapdeck.capture.recording.RecordingSummary;
import io.tapdeck.capture.recording.Removed;
import io.tapdeck.capture.segment.Sidecar;
import io.tapdeck.capture.segment.UtcTime;
import io.tapdeck.capture.unit.DataSize;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a recording comes to, for people and for machines. */
final class RecordReport {
  private RecordReport() {}

  /** A few lines for people. */
  static List<String> text(RecordingSettings settings, RecordingSummary summary) {
    DropCounters drops = summary.droppedInterface();
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s: %d packets received, %d written (%s)"
            .formatted(
                String.join(", ", settings.interfaceNames()),
                summary.received(),
                summary.written(),
                new DataSize(summary.writtenBytes())));
    lines.add(
        ("dropped: %d by the kernel (buffer full), %d by the interface"
                + " (rx_dropped %d, rx_missed_errors %d, rx_fifo_errors %d)")
            .formatted(
                summary.droppedKernel(),
                drops.total(),
                drops.rxDropped(),
                drops.rxMissedErrors(),
                drops.rxFifoErrors()));
    if (summary.unreadAtStop() > 0) {
      lines.add("not read any more when the recording ended: " + summary.unreadAtStop());
    }
    if (summary.buffered() > 0) {
      lines.add("read, but not to be written: " + summary.buffered());
    }
    for (Sidecar.Gap gap : summary.gaps()) {
      Instant to = gap.to();
      lines.add(
          "gap: %s to %s, %s"
              .formatted(
                  UtcTime.format(gap.from()),
                  to == null ? "the end" : UtcTime.format(to),
                  gap.reason()));
    }
    if (summary.removed().segments() > 0) {
      lines.add("removed to stay within limits: " + text(summary.removed()));
    }
    if (summary.removedEarlier().segments() > 0) {
      lines.add("removed besides, of earlier recordings: " + text(summary.removedEarlier()));
    }
    lines.add("segments: %d, in %s".formatted(summary.segments().size(), settings.directory()));
    return lines;
  }

  /** JSON, names as in every other place. */
  static ObjectNode json(RecordingSettings settings, RecordingSummary summary) {
    ObjectNode report = JsonNodeFactory.instance.objectNode();
    ArrayNode interfaces = report.putArray("interfaces");
    for (InterfaceCounts counts : summary.interfaces()) {
      DropCounters dropped = counts.droppedInterface();
      ObjectNode nic = interfaces.addObject();
      nic.put("name", counts.name());
      nic.put("netns", settings.namespace().map(named -> named.name()).orElse(null));
      nic.put("received", counts.received());
      nic.put("droppedKernel", counts.droppedKernel());
      nic.put("droppedInterface", dropped.total());
      nic.putObject("droppedInterfaceBy")
          .put("rx_dropped", dropped.rxDropped())
          .put("rx_missed_errors", dropped.rxMissedErrors())
          .put("rx_fifo_errors", dropped.rxFifoErrors());
      nic.put("unreadAtStop", counts.unreadAtStop());
    }
    report.put("received", summary.received());
    report.put("written", summary.written());
    report.put("writtenBytes", summary.writtenBytes());
    report.put("droppedKernel", summary.droppedKernel());
    report.put("droppedInterface", summary.droppedInterface().total());
    report.put("unreadAtStop", summary.unreadAtStop());
    report.put("buffered", summary.buffered());
    ArrayNode gaps = report.putArray("gaps");
    for (Sidecar.Gap gap : summary.gaps()) {
      gaps.addObject()
          .put("from", time(gap.from()))
          .put("to", time(gap.to()))
          .put("reason", gap.reason());
    }
    report.put("failure", summary.failure().orElse(null));
    ArrayNode segments = report.putArray("segments");
    for (Sidecar segment : summary.segments()) {
      putSegment(segments.addObject(), segment);
    }
    putRemoved(report.putObject("removed"), summary.removed());
    putRemoved(report.putObject("removedEarlier"), summary.removedEarlier());
    return report;
  }

  /** What is told of a segment. */
  static ObjectNode putSegment(ObjectNode node, Sidecar segment) {
    return node.put("file", segment.file())
        .put("packets", segment.packets())
        .put("bytes", segment.bytes())
        .put("first", time(segment.first()))
        .put("last", time(segment.last()));
  }

  private static String text(Removed removed) {
    return "%d segments, %d packets (%s)"
        .formatted(removed.segments(), removed.packets(), new DataSize(removed.bytes()));
  }

  private static void putRemoved(ObjectNode report, Removed removed) {
    report
        .put("segments", removed.segments())
        .put("packets", removed.packets())
        .put("bytes", removed.bytes());
  }

  private static @Nullable String time(@Nullable Instant time) {
    return time == null ? null : UtcTime.format(time);
  }
}
