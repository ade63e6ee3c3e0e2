/** The pcap file format: its layout, and a reader of capture files. */
@NullMarked
package io.tapdeck.capture.pcap;

import org.jspecify.annotations.NullMarked;
