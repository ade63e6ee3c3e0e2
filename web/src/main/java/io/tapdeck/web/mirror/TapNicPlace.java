package io.tapdeck.web.mirror;

import org.jspecify.annotations.Nullable;

/**
 * Where a NIC that gets copies is on this machine.
 *
 * @param netns its network namespace, null for the appliance's own
 */
public record TapNicPlace(String name, @Nullable String netns) {}
