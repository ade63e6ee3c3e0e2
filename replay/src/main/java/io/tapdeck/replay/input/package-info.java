/** What is to be played: the frames of captures, selected and in order, one after the other. */
@NullMarked
package io.tapdeck.replay.input;

import org.jspecify.annotations.NullMarked;
