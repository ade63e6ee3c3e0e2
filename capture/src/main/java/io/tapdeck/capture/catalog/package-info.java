/**
 * What has been recorded, at hand: an index of all sidecars of a data directory. The sidecars are
 * the truth; the index can be deleted at any time, and is made anew from them.
 */
@NullMarked
package io.tapdeck.capture.catalog;

import org.jspecify.annotations.NullMarked;
