/**
 * The privileged part of an appliance that root starts: it starts another process, without any
 * privilege, which does all the work, and does for it the few things that take one. It reads orders
 * of a fixed form from that process's account, and nothing else: no HTTP, no packets, no JSON.
 */
@NullMarked
package io.tapdeck.web.privilege;

import org.jspecify.annotations.NullMarked;
