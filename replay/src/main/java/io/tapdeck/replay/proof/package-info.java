/**
 * What became of the frames after the kernel accepted them: by the counters of the interface they
 * left by, and by what arrives at another.
 */
@NullMarked
package io.tapdeck.replay.proof;

import org.jspecify.annotations.NullMarked;
