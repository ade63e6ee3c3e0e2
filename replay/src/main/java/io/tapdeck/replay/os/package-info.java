/** The packet socket: Linux's way to put whole frames onto an interface, many with one call. */
@NullMarked
package io.tapdeck.replay.os;

import org.jspecify.annotations.NullMarked;
