/** A client for the OVSDB management protocol (RFC 7047). */
@NullMarked
package io.tapdeck.provisioner.ovsdb;

import org.jspecify.annotations.NullMarked;
