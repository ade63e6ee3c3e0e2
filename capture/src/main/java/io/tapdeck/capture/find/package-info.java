/** Finding packets in segments: the index narrows, the packets themselves decide. */
@NullMarked
package io.tapdeck.capture.find;

import org.jspecify.annotations.NullMarked;
