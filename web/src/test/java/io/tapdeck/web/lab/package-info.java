/**
 * The packaged command on the lab of {@code scripts/lab}, judged by tcpdump, tshark and capinfos.
 */
@NullMarked
package io.tapdeck.web.lab;

import org.jspecify.annotations.NullMarked;
