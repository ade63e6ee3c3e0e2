/**
 * What the operating system is asked directly: network namespaces, packet-socket options, waiting
 * for a descriptor. Linux only, 64 bits only.
 */
@NullMarked
package io.tapdeck.capture.os;

import org.jspecify.annotations.NullMarked;
