/** When each frame is due. */
@NullMarked
package io.tapdeck.replay.pace;

import org.jspecify.annotations.NullMarked;
