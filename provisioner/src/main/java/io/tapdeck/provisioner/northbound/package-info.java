/**
 * The northbound: an OVSDB database that holds what people want mirrored and what agents report of
 * it; its server, its schema, and every change that may be asked of it.
 */
@NullMarked
package io.tapdeck.provisioner.northbound;

import org.jspecify.annotations.NullMarked;
