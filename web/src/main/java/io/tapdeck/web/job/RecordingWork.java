package io.tapdeck.web.job;

import io.tapdeck.web.mirror.GuestMirrors;

/**
 * What all recordings need to be at work.
 *
 * @param program starts this program once more
 * @param mirrors makes and takes away mirrors of guests
 * @param segments told when there are others
 * @param changes told of each change of a recording
 */
public record RecordingWork(
    ProgramLine program, GuestMirrors mirrors, SegmentListener segments, Changes changes) {
  /** The exit status of a program that refused, with nothing begun. */
  static final int REFUSED = 2;
}
