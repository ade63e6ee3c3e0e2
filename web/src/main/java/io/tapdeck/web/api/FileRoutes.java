package io.tapdeck.web.api;

import static io.tapdeck.web.api.Refusals.told;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.tapdeck.capture.catalog.Lane;
import io.tapdeck.capture.catalog.PlacedSegment;
import io.tapdeck.capture.catalog.PlacedSegment.Place;
import io.tapdeck.capture.catalog.TimeSpan;
import io.tapdeck.capture.catalog.Totals;
import io.tapdeck.capture.segment.UtcTime;
import io.tapdeck.web.http.Call;
import io.tapdeck.web.http.Problem;
import io.tapdeck.web.http.Role;
import io.tapdeck.web.http.Route;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code /timeline} and {@code /segments}: what is on disk, over all recordings. */
final class FileRoutes {
  private static final long MOST_LISTED = 1000;
  private static final long LISTED = 200;
  private static final long MOST_STEPS = 4000;
  private static final long STEPS = 600;

  /** A {@link Place}, as the last answer told it. */
  private static final Pattern PLACE =
      Pattern.compile("(-?\\d{1,19})_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})_(\\d{1,9})");

  private final Parts parts;

  FileRoutes(Parts parts) {
    this.parts = parts;
  }

  /**
   * What is drawn.
   *
   * @param first earliest time stamp of all, null if there is no frame
   * @param last latest time stamp of all, null if there is no frame
   */
  record Timeline(@Nullable Instant first, @Nullable Instant last, List<Lane> lanes) {}

  record Placed(UUID recording, @JsonUnwrapped SegmentRoutes.Segment segment) {
    static Placed of(PlacedSegment placed) {
      return new Placed(placed.recording(), SegmentRoutes.Segment.of(placed.segment()));
    }
  }

  /**
   * A part of a list.
   *
   * @param next to be asked for with {@code after}; null if this is the end
   */
  record Listing(List<Placed> segments, @Nullable String next) {}

  List<Route> routes() {
    return List.of(
        Route.get("/timeline", Role.VIEWER, "What is on disk, to be drawn", told(this::timeline)),
        Route.get("/segments", Role.VIEWER, "Segments of all recordings", told(this::list)));
  }

  private void timeline(Call call) throws IOException {
    long steps = call.query("steps", STEPS);
    if (steps < 1 || steps > MOST_STEPS) {
      throw Problem.badRequest("steps are 1 to " + MOST_STEPS);
    }
    TimeSpan span = AskedSpan.of(call);
    parts.catalog().refresh();
    List<Totals> all =
        parts.catalog().totals().entrySet().stream()
            .filter(entry -> isKnown(entry.getKey()))
            .map(Map.Entry::getValue)
            .toList();
    @Nullable Instant first =
        all.stream()
            .flatMap(total -> Stream.ofNullable(total.first()))
            .min(Instant::compareTo)
            .orElse(null);
    @Nullable Instant last =
        all.stream()
            .flatMap(total -> Stream.ofNullable(total.last()))
            .max(Instant::compareTo)
            .orElse(null);
    call.json(
        new Timeline(
            first,
            last,
            parts.catalog().lanes(span, grain(span, first, last, steps)).stream()
                .filter(lane -> isKnown(lane.recording()))
                .toList()));
  }

  /**
   * Nanoseconds in a step of what is seen: no more than there is, and no more than is asked for.
   */
  private static long grain(
      TimeSpan span, @Nullable Instant first, @Nullable Instant last, long steps) {
    if (first == null || last == null) {
      return 0;
    }
    long from = Math.max(span.from(), UtcTime.toNanos(first));
    long to = Math.min(span.to(), UtcTime.toNanos(last));
    return Math.max(0, to - from) / steps;
  }

  /** What lies about, and is none of the appliance's recordings, cannot be asked for either. */
  private boolean isKnown(UUID recording) {
    return parts.recordings().find(recording).isPresent();
  }

  private void list(Call call) throws IOException {
    long limit = call.query("limit", LISTED);
    if (limit < 1 || limit > MOST_LISTED) {
      throw Problem.badRequest("limit is 1 to " + MOST_LISTED);
    }
    TimeSpan span = AskedSpan.of(call);
    Place after = call.query("after").map(FileRoutes::place).orElse(Place.BEGIN);
    parts.catalog().refresh();
    List<PlacedSegment> found = parts.catalog().between(span, after, (int) limit);
    call.json(
        new Listing(
            found.stream().filter(placed -> isKnown(placed.recording())).map(Placed::of).toList(),
            found.size() == limit ? text(found.getLast().place()) : null));
  }

  private static String text(Place place) {
    return place.first() + "_" + place.recording() + "_" + place.number();
  }

  private static Place place(String text) {
    Matcher form = PLACE.matcher(text);
    if (!form.matches()) {
      throw Problem.badRequest("after is the 'next' of an earlier answer");
    }
    try {
      return new Place(
          Long.parseLong(form.group(1)),
          UUID.fromString(form.group(2)),
          Integer.parseInt(form.group(3)));
    } catch (NumberFormatException tooLarge) {
      throw Problem.badRequest("after is the 'next' of an earlier answer");
    }
  }
}
