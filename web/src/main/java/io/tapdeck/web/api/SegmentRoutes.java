package io.tapdeck.web.api;

import static io.tapdeck.web.api.Refusals.told;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.tapdeck.capture.archive.Compression;
import io.tapdeck.capture.catalog.CatalogEntry;
import io.tapdeck.capture.catalog.TimeSpan;
import io.tapdeck.capture.segment.SegmentFormat;
import io.tapdeck.capture.segment.SegmentName;
import io.tapdeck.capture.segment.SegmentRemoval;
import io.tapdeck.capture.segment.SidecarFile;
import io.tapdeck.capture.segment.UnfinishedSegment;
import io.tapdeck.web.http.Call;
import io.tapdeck.web.http.EventStream;
import io.tapdeck.web.http.Problem;
import io.tapdeck.web.http.Role;
import io.tapdeck.web.http.Route;
import io.tapdeck.web.job.RecordingView;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** {@code /recordings/{id}/segments}: what has been recorded. */
final class SegmentRoutes {
  private static final long MOST_LISTED = 1000;
  private static final long LISTED = 200;

  /** Each holds a megabyte or two while it goes on. */
  private static final int MOST_SPANS = 16;

  /** Each takes a processor, which recorders may want. */
  private static final int MOST_VERIFICATIONS = 2;

  /** What is written is looked through from its beginning. */
  private static final int MOST_UNFINISHED = 2;

  private static final int MOST_ARCHIVED = 10_000;

  private static final Duration SOON = Duration.ofSeconds(10);

  private final Semaphore spans = new Semaphore(MOST_SPANS);
  private final Semaphore verifications = new Semaphore(MOST_VERIFICATIONS);
  private final Semaphore unfinished = new Semaphore(MOST_UNFINISHED);
  private final Parts parts;

  SegmentRoutes(Parts parts) {
    this.parts = parts;
  }

  record Segment(
      int number,
      String file,
      long packets,
      long frameBytes,
      long bytes,
      @Nullable Instant first,
      @Nullable Instant last,
      @JsonProperty("protected") boolean isProtected,
      @Nullable String recovered,
      int linkType,
      String storedFile,
      long storedBytes,
      @Nullable String sha256) {
    static Segment of(CatalogEntry entry) {
      return new Segment(
          entry.number(),
          entry.file(),
          entry.packets(),
          entry.frameBytes(),
          entry.bytes(),
          entry.first(),
          entry.last(),
          entry.isProtected(),
          entry.recovered(),
          entry.linkType(),
          entry.storedFile(),
          entry.storedBytes(),
          entry.sha256());
    }
  }

  record ProtectionOrder(@JsonProperty("protected") @Nullable Boolean isProtected) {
    ProtectionOrder {
      Given.field("protected", isProtected);
    }
  }

  List<Route> routes() {
    String segments = "/recordings/{id}/segments";
    return List.of(
        Route.get(segments, Role.VIEWER, "Its complete segments", told(this::list)),
        Route.get(
                segments + "/current/file",
                Role.ANALYST,
                "The one being written, as far as it is whole",
                told(this::current))
            .with(Route.Trait.RECORDED),
        Route.get(
                segments + "/{number}/file",
                Role.ANALYST,
                "The file, as it is stored",
                told(this::file))
            .with(Route.Trait.RECORDED),
        Route.get(
            segments + "/{number}/verification",
            Role.ANALYST,
            "Compares one with its sidecar, told as server-sent events",
            told(this::verify)),
        Route.get(
                "/recordings/{id}/span",
                Role.ANALYST,
                "The packets of a span as one capture file",
                told(this::span))
            .with(Route.Trait.RECORDED),
        Route.get(
                "/recordings/{id}/archive",
                Role.ANALYST,
                "Several segments in one archive",
                told(this::archive))
            .with(Route.Trait.RECORDED),
        Route.delete(
            segments + "/{number}", Role.OPERATOR, "Delete one of them", told(this::delete)),
        Route.put(
            segments + "/{number}/protection",
            Role.OPERATOR,
            "Whether retention leaves it alone",
            told(this::protect)));
  }

  private void list(Call call) throws IOException {
    UUID recording = RecordingRoutes.find(parts, call).id();
    long limit = call.query("limit", LISTED);
    if (limit < 1 || limit > MOST_LISTED) {
      throw Problem.badRequest("limit is 1 to " + MOST_LISTED);
    }
    long after = Math.min(call.query("after", 0), Integer.MAX_VALUE);
    parts.catalog().refresh(recording);
    call.json(
        parts.catalog().segments(recording, (int) after, (int) limit).stream()
            .map(Segment::of)
            .toList());
  }

  private CatalogEntry find(UUID recording, Call call) throws IOException {
    long number = call.number("number");
    parts.catalog().refresh(recording);
    return parts
        .catalog()
        .segment(recording, (int) Math.min(number, Integer.MAX_VALUE))
        .orElseThrow(() -> Problem.notFound("there is no complete segment " + number + " of it"));
  }

  private void file(Call call) throws IOException {
    UUID recording = RecordingRoutes.find(parts, call).id();
    CatalogEntry segment = find(recording, call);
    try {
      send(recording, segment, call);
    } catch (NoSuchFileException perhapsCompressedNow) {
      send(recording, segment, call);
    }
  }

  private void send(UUID recording, CatalogEntry segment, Call call) throws IOException {
    Path file = parts.catalog().path(recording, segment);
    String name = file.getFileName().toString();
    Download.of(file, name, type(name)).answer(call);
  }

  private void current(Call call) throws IOException {
    UUID recording = RecordingRoutes.find(parts, call).id();
    if (!unfinished.tryAcquire()) {
      throw Problem.unavailable(
          MOST_UNFINISHED + " unfinished files are being downloaded already: try again", SOON);
    }
    try {
      sendCurrent(recording, call);
    } catch (NoSuchFileException perhapsCompleteNow) {
      sendCurrent(recording, call);
    } finally {
      unfinished.release();
    }
  }

  private void sendCurrent(UUID recording, Call call) throws IOException {
    UnfinishedSegment segment =
        parts
            .catalog()
            .unfinished(recording)
            .orElseThrow(() -> Problem.notFound("no segment of it is being written now"));
    String name = segment.name().fileName();
    // Not the name of the complete one, which it is not.
    Download.answerBeginning(call, segment.file(), "so-far-" + name, type(name), segment.bytes());
  }

  /** The media type of a segment's file, of the outermost format: it is sent as it is stored. */
  private static String type(String fileName) {
    return switch (Compression.ofFileName(fileName)) {
      case ZSTD -> "application/zstd";
      case GZIP -> "application/gzip";
      case NONE ->
          fileName.endsWith(".pcapng") ? "application/x-pcapng" : "application/vnd.tcpdump.pcap";
    };
  }

  private void span(Call call) throws IOException {
    RecordingView recording = RecordingRoutes.find(parts, call);
    TimeSpan asked = AskedSpan.of(call);
    SegmentFormat format =
        switch (call.query("format").orElse("pcap")) {
          case "pcap" -> SegmentFormat.PCAP;
          case "pcapng" -> SegmentFormat.PCAPNG;
          default -> throw Problem.badRequest("format is pcap or pcapng");
        };
    if (!spans.tryAcquire()) {
      throw Problem.unavailable(
          MOST_SPANS + " spans are being downloaded already: try again", SOON);
    }
    try {
      new SpanDownload(parts.catalog(), recording, asked, format).answer(call);
    } finally {
      spans.release();
    }
  }

  private void archive(Call call) throws IOException {
    RecordingView recording = RecordingRoutes.find(parts, call);
    ArchiveDownload.Format format = ArchiveDownload.Format.of(call.query("format").orElse("zip"));
    parts.catalog().refresh(recording.id());
    List<CatalogEntry> chosen = chosen(recording.id(), call);
    if (chosen.isEmpty()) {
      throw Problem.notFound("there is no complete segment of these numbers, or in this span");
    }
    if (chosen.size() > MOST_ARCHIVED) {
      throw Problem.unprocessable(
          "these are more than " + MOST_ARCHIVED + " segments: choose fewer");
    }
    new ArchiveDownload(parts.catalog(), recording, chosen, format).answer(call);
  }

  /** Those of some numbers, or of a span; all without either; one more than there may be. */
  private List<CatalogEntry> chosen(UUID recording, Call call) {
    TimeSpan span = AskedSpan.of(call);
    Optional<NumberRanges> numbers = call.query("numbers").map(NumberRanges::parse);
    if (numbers.isEmpty()) {
      return parts.catalog().between(recording, span, MOST_ARCHIVED + 1);
    }
    if (!span.equals(TimeSpan.ALWAYS)) {
      throw Problem.badRequest("give either numbers, or from and to");
    }
    return numbers.get().in(parts.catalog(), recording, MOST_ARCHIVED);
  }

  private void verify(Call call) throws IOException {
    UUID recording = RecordingRoutes.find(parts, call).id();
    CatalogEntry segment = find(recording, call);
    Path file = parts.catalog().path(recording, segment);
    if (!verifications.tryAcquire()) {
      throw Problem.unavailable(
          MOST_VERIFICATIONS + " files are being verified already: try again", SOON);
    }
    try {
      EventStream events = call.events();
      if (!call.headOnly()) {
        new Verification(events, segment.bytes()).run(file);
      }
    } finally {
      verifications.release();
    }
  }

  private void protect(Call call) throws IOException {
    UUID recording = RecordingRoutes.find(parts, call).id();
    boolean wanted = Boolean.TRUE.equals(call.body(ProtectionOrder.class).isProtected());
    CatalogEntry segment = find(recording, call);
    SegmentName name = SegmentName.ofSidecar(segment.file() + SegmentName.SIDECAR).orElseThrow();
    SidecarFile.setProtected(parts.catalog().directory(recording), name, wanted);
    call.json(Segment.of(find(recording, call)));
  }

  private void delete(Call call) throws IOException {
    UUID recording = RecordingRoutes.find(parts, call).id();
    CatalogEntry segment = find(recording, call);
    if (parts.replays().isPlaying(recording, segment.number())) {
      throw Problem.conflict("a replay under way plays it: stop that first");
    }
    // Where the file is no longer in the recording's own directory, nothing is removed.
    Path directory = parts.catalog().path(recording, segment).getParent();
    SegmentName name = SegmentName.ofSidecar(segment.file() + SegmentName.SIDECAR).orElseThrow();
    if (directory == null || !SegmentRemoval.remove(directory, name)) {
      throw Problem.conflict("it is protected: take that back first");
    }
    parts.catalog().refresh(recording);
    parts.changes().tell();
    call.none(204);
  }
}
