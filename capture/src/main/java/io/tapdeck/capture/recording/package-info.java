/** Recording: from an interface's ring to segments, with every frame accounted for. */
@NullMarked
package io.tapdeck.capture.recording;

import org.jspecify.annotations.NullMarked;
