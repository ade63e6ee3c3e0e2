package io.tapdeck.capture.segment;

/**
 * That a segment, or its sidecar, was finished by recovery and not by its recorder.
 *
 * @param cutBytes bytes after the last whole record, which were cut off
 * @param reason why it had to be recovered, and what ended the whole records
 */
public record Recovered(long cutBytes, String reason) {}
