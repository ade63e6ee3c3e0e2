/**
 * Playing: the frames of capture files, in order and on time, onto an interface. A {@link
 * io.tapdeck.replay.Replay} is one run; what it must not touch it asks a {@link
 * io.tapdeck.replay.TargetGuard}.
 */
@NullMarked
package io.tapdeck.replay;

import org.jspecify.annotations.NullMarked;
