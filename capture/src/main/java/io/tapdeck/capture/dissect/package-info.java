/** Headers of packets, as raw bytes: who talks to whom, in which VLANs, through which tunnels. */
@NullMarked
package io.tapdeck.capture.dissect;

import org.jspecify.annotations.NullMarked;
