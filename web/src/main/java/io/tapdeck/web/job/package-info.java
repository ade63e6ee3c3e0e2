/**
 * Recordings and replays of the appliance: what is wanted, kept in a file each, and the child
 * processes that do it, which go on without the appliance and are found again by the next.
 */
@NullMarked
package io.tapdeck.web.job;

import org.jspecify.annotations.NullMarked;
