package io.tapdeck.web.job;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.tapdeck.capture.os.NetworkNamespace;
import io.tapdeck.capture.segment.Sidecar;
import io.tapdeck.web.mirror.GuestMirror;
import io.tapdeck.web.mirror.TapNicPlace;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a recording besides its segments: {@code recording.json}.
 *
 * @param format version of this layout, {@value #FORMAT}
 * @param ordered how much was to be kept when it was ordered; null if that was not changed since
 */
record RecordingDocument(
    int format,
    UUID id,
    Instant createdAt,
    String createdBy,
    RecordingRequest request,
    @Nullable RecordingRetention ordered,
    Source source,
    Course course) {
  static final int FORMAT = 1;

  RecordingDocument {
    if (format != FORMAT) {
      throw new IllegalArgumentException("format " + format + " is not known to this version");
    }
    Bounds.given("id", id);
    Bounds.given("createdAt", createdAt);
    Bounds.user(createdBy);
    Bounds.given("request", request);
    Bounds.given("source", source);
    Bounds.given("course", course);
  }

  /** The guest that is recorded. */
  record Guest(String id, String name) {}

  /**
   * Where it records.
   *
   * @param interfaceName null until the NIC of a guest's mirror is known, and of what was taken in
   * @param mirror what was made for it, or is about to be; null if nothing, or it was taken away
   */
  record Source(
      @JsonProperty("interface") @Nullable String interfaceName,
      @Nullable String netns,
      @Nullable Guest guest,
      @Nullable GuestMirror mirror) {
    Source {
      if (interfaceName != null) {
        Bounds.interfaceName(interfaceName);
      }
      if (netns != null) {
        var _ = new NetworkNamespace(netns);
      }
    }

    static Source mirrored(GuestMirror mirror) {
      return new Source(null, null, new Guest(mirror.guest(), mirror.guestName()), mirror);
    }

    Source at(TapNicPlace place) {
      return new Source(place.name(), place.netns(), guest, mirror);
    }

    Source with(@Nullable GuestMirror other) {
      return new Source(interfaceName, netns, guest, other);
    }
  }

  static RecordingDocument create(UUID id, Instant at, String user, RecordingRequest request) {
    return new RecordingDocument(
        FORMAT,
        id,
        at,
        user,
        request,
        null,
        new Source(request.interfaceName(), request.netns(), null, null),
        Course.wantedFrom(at));
  }

  /** One that was recorded elsewhere, and has been taken in. What it lost nobody here knows. */
  static RecordingDocument imported(
      UUID id, String user, RecordingRequest request, Sidecar segment, Instant begun, Instant at) {
    Figures figures =
        new Figures(segment.packets(), segment.packets(), 0, segment.frameBytes(), 0, 0, 0);
    Run run = Run.begun(begun, 1).ended(at, Run.How.DONE, figures).because("it was uploaded");
    return new RecordingDocument(
        FORMAT,
        id,
        begun,
        user,
        request,
        null,
        new Source(null, null, null, null),
        new Course(false, begun, at, "", 0, List.of(run)));
  }

  /** Whether it is what was ordered, be it that how much is kept was changed since. */
  boolean isOf(RecordingRequest order) {
    return order.equals(ordered == null ? request : request.keeping(ordered));
  }

  /** The same, of which so much is kept from now on. */
  RecordingDocument keeping(RecordingRetention retention) {
    return new RecordingDocument(
        format,
        id,
        createdAt,
        createdBy,
        request.keeping(retention),
        ordered == null ? request.retention() : ordered,
        source,
        course);
  }

  RecordingDocument with(Source other) {
    return new RecordingDocument(format, id, createdAt, createdBy, request, ordered, other, course);
  }

  RecordingDocument with(Course other) {
    return new RecordingDocument(format, id, createdAt, createdBy, request, ordered, source, other);
  }
}
