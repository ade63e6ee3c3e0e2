/** Units of what people ask for: sizes in bytes. */
@NullMarked
package io.tapdeck.capture.unit;

import org.jspecify.annotations.NullMarked;
