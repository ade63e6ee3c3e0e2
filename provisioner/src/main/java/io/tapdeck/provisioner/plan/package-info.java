/**
 * What a host's Open vSwitch should look like, as a pure function of what is wanted and known; and
 * the difference from how it looks.
 */
@NullMarked
package io.tapdeck.provisioner.plan;

import org.jspecify.annotations.NullMarked;
