/**
 * When each frame is due: the arithmetic of deadlines, the clock that waits for them, and how far
 * they were missed.
 */
@NullMarked
package io.tapdeck.replay.pace;

import org.jspecify.annotations.NullMarked;
