/**
 * Named sets of a recording's settings, kept in a file each: what is recorded where is not theirs.
 */
@NullMarked
package io.tapdeck.web.template;

import org.jspecify.annotations.NullMarked;
