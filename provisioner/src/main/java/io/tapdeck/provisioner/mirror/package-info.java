/**
 * What mirroring is about: destinations, sources, guests and hosts, what agents report of them, and
 * the state that follows. Values and pure functions only.
 */
@NullMarked
package io.tapdeck.provisioner.mirror;

import org.jspecify.annotations.NullMarked;
