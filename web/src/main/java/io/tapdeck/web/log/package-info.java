/** How the log is written. */
@NullMarked
package io.tapdeck.web.log;

import org.jspecify.annotations.NullMarked;
