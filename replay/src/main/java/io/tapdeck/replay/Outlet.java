package io.tapdeck.replay;

import io.tapdeck.replay.transmit.BatchSender;
import io.tapdeck.replay.transmit.Tally;

/**
 * One way out for frames.
 *
 * @param name the interface's, as people know it
 * @param tally filled by the sender, and with what could not be given to it
 */
record Outlet(String name, BatchSender sender, Tally tally) {}
