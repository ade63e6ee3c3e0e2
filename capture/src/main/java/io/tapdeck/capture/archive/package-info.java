/** Compressed capture files: how they are written, read at any position, and told to be whole. */
@NullMarked
package io.tapdeck.capture.archive;

import org.jspecify.annotations.NullMarked;
