package io.tapdeck.web.starter;

import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/**
 * A recorder or player that was started.
 *
 * @param pid its process
 * @param end done once it has ended, with its exit status; done without one if nobody is left who
 *     would learn of its end
 */
public record StartedJob(long pid, CompletableFuture<OptionalInt> end) {}
