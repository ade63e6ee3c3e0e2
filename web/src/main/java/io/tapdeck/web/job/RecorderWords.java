package io.tapdeck.web.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapdeck.capture.segment.SegmentName;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a recorder says: a {@code progress} event, or its report at the end.
 *
 * @param fields as they came
 */
record RecorderWords(ObjectNode fields) {
  private static final String RECORDING = RecordingState.RECORDING.word();

  /** The figures of its run, with what it has read and not written. */
  Figures figures() {
    return figures(count("buffered"));
  }

  /** The same without that, as it is no figure of a run that goes on. */
  Figures settledFigures() {
    return figures(0);
  }

  private Figures figures(long buffered) {
    return new Figures(
        count("received"),
        count("written"),
        buffered,
        count("writtenBytes"),
        count("droppedKernel"),
        count("droppedInterface"),
        count("unreadAtStop"));
  }

  long buffered() {
    return count("buffered");
  }

  private long count(String name) {
    return Math.max(0, fields.path(name).asLong(0));
  }

  /** The number of the segment that it writes, or has just completed; empty if it says of none. */
  OptionalInt segment() {
    String name = fields.path("segment").asText(fields.path("file").asText());
    return SegmentName.ofComplete(name)
        .map(known -> OptionalInt.of(known.number()))
        .orElseGet(OptionalInt::empty);
  }

  /** Whether frames are let in. */
  boolean hasBegun() {
    return fields.path("begun").asBoolean(true);
  }

  /** When the counters were read, by the recorder's word: so rates can be had from two readings. */
  Instant taken() {
    try {
      return Instant.parse(fields.path("at").asText());
    } catch (DateTimeParseException unknown) {
      return Instant.now();
    }
  }

  /** Why a recorder that is at work does not record now, as it says. */
  Optional<String> obstacle() {
    String standing = fields.path("state").asText(RECORDING);
    return standing.equals(RECORDING)
        ? Optional.empty()
        : Optional.of(standing + ": " + fields.path("reason").asText());
  }

  /** How much it keeps; empty if it does not say. */
  Optional<RecordingRetention> retention() {
    JsonNode told = fields.path("retention");
    return told.isObject() ? Optional.of(RecordingRetention.read(told)) : Optional.empty();
  }

  /** Why it could not go on; empty if it ended in order. */
  String failure() {
    return fields.path("failure").asText("");
  }
}
