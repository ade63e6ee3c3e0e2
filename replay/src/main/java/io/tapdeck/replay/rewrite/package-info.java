/** Changing frames on their way out: addresses, ports, tags, and the checksums over them. */
@NullMarked
package io.tapdeck.replay.rewrite;

import org.jspecify.annotations.NullMarked;
