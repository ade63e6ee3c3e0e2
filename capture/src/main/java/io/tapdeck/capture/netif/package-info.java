/** Facts about network interfaces of this machine, from libpcap and sysfs. */
@NullMarked
package io.tapdeck.capture.netif;

import org.jspecify.annotations.NullMarked;
