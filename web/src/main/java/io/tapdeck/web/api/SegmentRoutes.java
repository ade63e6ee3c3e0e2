package io.tapdeck.web.api;

import static io.tapdeck.web.api.Refusals.told;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.tapdeck.capture.catalog.CatalogEntry;
import io.tapdeck.capture.segment.SegmentName;
import io.tapdeck.capture.segment.SidecarFile;
import io.tapdeck.web.http.Call;
import io.tapdeck.web.http.Problem;
import io.tapdeck.web.http.Role;
import io.tapdeck.web.http.Route;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** {@code /recordings/{id}/segments}: what has been recorded. */
final class SegmentRoutes {
  private static final long MOST_LISTED = 1000;
  private static final long LISTED = 200;
  private static final String PCAP = "application/vnd.tcpdump.pcap";

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
      int linkType) {
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
          entry.linkType());
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
        Route.get(segments + "/{number}/file", Role.OPERATOR, "The pcap file", told(this::file)),
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
    Download.of(parts.catalog().path(recording, segment), segment.file(), PCAP).answer(call);
  }

  private void protect(Call call) throws IOException {
    UUID recording = RecordingRoutes.find(parts, call).id();
    boolean wanted = Boolean.TRUE.equals(call.body(ProtectionOrder.class).isProtected());
    CatalogEntry segment = find(recording, call);
    SegmentName name = SegmentName.ofSidecar(segment.file() + ".json").orElseThrow();
    SidecarFile.setProtected(parts.catalog().directory(recording), name, wanted);
    call.json(Segment.of(find(recording, call)));
  }
}
