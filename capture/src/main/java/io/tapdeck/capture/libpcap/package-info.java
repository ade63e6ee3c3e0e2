/** libpcap's live capture, bound by the foreign function and memory API; no allocation a packet. */
@NullMarked
package io.tapdeck.capture.libpcap;

import org.jspecify.annotations.NullMarked;
