/** Tapdeck's own terms for packets: what they are, how they are written, and what they mean. */
@NullMarked
package io.tapdeck.capture.query;

import org.jspecify.annotations.NullMarked;
