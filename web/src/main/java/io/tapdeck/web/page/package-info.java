/** The page, as the browser loads it: files that come with the program. */
@NullMarked
package io.tapdeck.web.page;

import org.jspecify.annotations.NullMarked;
