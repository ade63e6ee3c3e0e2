/**
 * Indexes of segments: which hosts, ports, protocols, VLANs, tunnel keys and conversations occur in
 * which of their blocks. An index narrows, it never decides.
 */
@NullMarked
package io.tapdeck.capture.index;

import org.jspecify.annotations.NullMarked;
