/**
 * What stands between a machine and a recording without loss: facts are read first, and judged
 * then, by functions of these facts alone.
 */
@NullMarked
package io.tapdeck.capture.doctor;

import org.jspecify.annotations.NullMarked;
