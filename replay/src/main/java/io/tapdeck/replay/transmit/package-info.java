/** Handing frames over in batches: what is retried, what is given up, and how it is counted. */
@NullMarked
package io.tapdeck.replay.transmit;

import org.jspecify.annotations.NullMarked;
