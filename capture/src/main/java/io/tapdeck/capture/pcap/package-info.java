/** Capture files: the layouts of pcap and pcapng, and a reader of both. */
@NullMarked
package io.tapdeck.capture.pcap;

import org.jspecify.annotations.NullMarked;
