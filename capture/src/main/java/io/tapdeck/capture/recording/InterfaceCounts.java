package io.tapdeck.capture.recording;

import io.tapdeck.capture.netif.DropCounters;

/**
 * What was counted of one interface of a recording; names as everywhere.
 *
 * @param name the interface
 * @param received frames that matched the filter and that the kernel counted for us
 * @param droppedKernel of those, dropped because the ring was full
 * @param droppedInterface dropped by the interface before any socket, since the beginning
 * @param unreadAtStop counted, but left in the ring when a limit ended the recording
 */
public record InterfaceCounts(
    String name,
    long received,
    long droppedKernel,
    DropCounters droppedInterface,
    long unreadAtStop) {}
