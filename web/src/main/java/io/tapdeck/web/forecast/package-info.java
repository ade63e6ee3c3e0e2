/**
 * What is to be expected of disks and retention as recordings go now, and what somebody should see
 * to; all of it computed from what is handed in.
 */
@NullMarked
package io.tapdeck.web.forecast;

import org.jspecify.annotations.NullMarked;
