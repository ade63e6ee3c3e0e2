package io.tapdeck.provisioner.plan;

/**
 * Two groups of one service whose frames cannot all be told apart, so that some may arrive twice.
 *
 * @param earlier the key of one
 * @param later the key of the other
 * @param why a sentence's end: which frames, and why
 */
public record Repetition(long earlier, long later, String why) {}
