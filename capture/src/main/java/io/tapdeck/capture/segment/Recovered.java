package io.tapdeck.capture.segment;

import java.util.Objects;

/**
 * That a segment, or its sidecar, was finished by recovery and not by its recorder.
 *
 * @param cutBytes bytes after the last whole record, which were cut off
 * @param reason why it had to be recovered, and what ended the whole records
 */
public record Recovered(long cutBytes, String reason) {
  /** Also as it is read from a file: what is missing there makes it none. */
  public Recovered {
    Objects.requireNonNull(reason, "reason");
  }
}
