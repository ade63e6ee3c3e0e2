/**
 * What the appliance has others do for it: recorders and players are started, and network
 * namespaces are looked into, with this process's own privileges or by one that has them.
 */
@NullMarked
package io.tapdeck.web.starter;

import org.jspecify.annotations.NullMarked;
