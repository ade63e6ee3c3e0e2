package io.tapdeck.web.api;

import io.tapdeck.capture.catalog.Catalog;
import io.tapdeck.capture.catalog.CatalogEntry;
import io.tapdeck.capture.catalog.TimeSpan;
import io.tapdeck.capture.pcap.CaptureInterface;
import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.segment.SegmentFormat;
import io.tapdeck.capture.segment.UtcTime;
import io.tapdeck.replay.input.CaptureInput;
import io.tapdeck.replay.input.FrameOrder;
import io.tapdeck.replay.input.FrameSource;
import io.tapdeck.replay.input.InputRefusedException;
import io.tapdeck.replay.input.InputSettings;
import io.tapdeck.replay.input.Selection;
import io.tapdeck.replay.input.TimePoint;
import io.tapdeck.web.http.Call;
import io.tapdeck.web.http.Problem;
import io.tapdeck.web.job.RecordingRequest;
import io.tapdeck.web.job.RecordingView;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The frames of a part of a recording's time as one capture file, in the order of time. It goes out
 * as the segments are read, which may be compressed; what cannot be read to its end breaks the
 * connection, so that nobody takes a part for the whole.
 *
 * @param format of the file that goes out
 */
record SpanDownload(Catalog catalog, RecordingView recording, TimeSpan span, SegmentFormat format) {
  private static final Logger LOG = LoggerFactory.getLogger(SpanDownload.class);

  /** Of each the sidecar is read before the first byte goes out. */
  private static final int MOST_SEGMENTS = 10_000;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  void answer(Call call) throws IOException {
    catalog.refresh(recording.id());
    List<CatalogEntry> segments = catalog.between(recording.id(), span, MOST_SEGMENTS + 1);
    if (segments.size() > MOST_SEGMENTS) {
      throw Problem.unprocessable(
          "more than %d segments are in this span: choose a shorter one".formatted(MOST_SEGMENTS));
    }
    List<LinkType> types =
        segments.stream().map(CatalogEntry::linkType).distinct().map(LinkType::new).toList();
    if (format == SegmentFormat.PCAP && types.size() > 1) {
      throw Problem.unprocessable(
          "the frames are of several link types, for which a pcap file has no place: ask for"
              + " format=pcapng");
    }
    LinkType type = types.isEmpty() ? LinkType.ETHERNET : types.getFirst();
    if (segments.isEmpty()) {
      CaptureStream file = begin(call, type, null);
      if (!call.headOnly()) {
        file.flush();
      }
      return;
    }
    try (CaptureInput input = check(segments)) {
      CaptureStream file = begin(call, type, segments.getFirst().first());
      if (!call.headOnly()) {
        copy(input, file);
      }
    }
  }

  private CaptureInput check(List<CatalogEntry> segments) throws IOException {
    List<String> paths = new ArrayList<>();
    for (CatalogEntry segment : segments) {
      paths.add(catalog.path(recording.id(), segment).toString());
    }
    Selection selection =
        new Selection(
            "",
            point(span.from(), TimeSpan.ALWAYS.from()),
            point(span.to(), TimeSpan.ALWAYS.to()),
            0,
            OptionalLong.empty(),
            Optional.empty());
    try {
      return CaptureInput.check(new InputSettings(paths, FrameOrder.TIME, selection, false));
    } catch (InputRefusedException refused) {
      LOG.info("a span of recording {}: {}", recording.id(), refused.getMessage());
      throw Problem.conflict("one of its files cannot be read: verify them, or try again");
    }
  }

  private static Optional<TimePoint> point(long nanos, long none) {
    return nanos == none ? Optional.empty() : Optional.of(new TimePoint.At(nanos));
  }

  private CaptureStream begin(Call call, LinkType type, @Nullable Instant first)
      throws IOException {
    call.header("Content-Disposition", "attachment; filename=\"" + name(first) + "\"");
    String media =
        switch (format) {
          case PCAP -> "application/vnd.tcpdump.pcap";
          case PCAPNG -> "application/x-pcapng";
        };
    RecordingRequest request = recording.request();
    CaptureInterface usual =
        new CaptureInterface(
            recording.interfaceName(),
            recording.netns().map(netns -> "in network namespace " + netns).orElse(""),
            request.filter(),
            type,
            request.snaplen());
    return new CaptureStream(
        call.stream(media),
        format,
        usual,
        List.of("recording " + recording.id() + ": " + request.name()));
  }

  private String name(@Nullable Instant first) {
    Instant asked = span.from() == TimeSpan.ALWAYS.from() ? null : UtcTime.ofNanos(span.from());
    Instant begin = asked == null || (first != null && first.isAfter(asked)) ? first : asked;
    return "%s-%s.%s"
        .formatted(
            PlainName.of(recording.request().name()),
            begin == null ? "empty" : TIME.format(begin),
            format.extension());
  }

  private static void copy(CaptureInput input, CaptureStream file) throws IOException {
    try (FrameSource frames = input.open()) {
      while (frames.next()) {
        file.add(frames);
      }
      if (!frames.damages().isEmpty()) {
        throw new IOException("not all of it could be read: " + frames.damages().getFirst());
      }
    }
    file.flush();
  }
}
