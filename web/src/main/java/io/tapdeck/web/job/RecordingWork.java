package io.tapdeck.web.job;

import io.tapdeck.web.mirror.GuestMirrors;
import io.tapdeck.web.starter.Starter;

/**
 * What all recordings need to be at work.
 *
 * @param starter starts recorders
 * @param mirrors makes and takes away mirrors of guests
 * @param segments told when there are others
 * @param changes told of each change of a recording
 */
public record RecordingWork(
    Starter starter, GuestMirrors mirrors, SegmentListener segments, Changes changes) {
  /** The exit status of a program that refused, with nothing begun. */
  static final int REFUSED = 2;
}
