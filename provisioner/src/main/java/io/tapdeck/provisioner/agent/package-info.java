/**
 * The agent of a host: keeps its Open vSwitch as planned, and says so only after it has read it
 * back.
 */
@NullMarked
package io.tapdeck.provisioner.agent;

import org.jspecify.annotations.NullMarked;
