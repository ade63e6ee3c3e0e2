/** Recordings that start and stop by the calendar, kept in a file each. */
@NullMarked
package io.tapdeck.web.schedule;

import org.jspecify.annotations.NullMarked;
