/** Segments: the files of a recording, how they are named, written, published and recovered. */
@NullMarked
package io.tapdeck.capture.segment;

import org.jspecify.annotations.NullMarked;
