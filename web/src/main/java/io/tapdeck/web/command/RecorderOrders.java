package io.tapdeck.web.command;

import io.tapdeck.capture.recording.Recording;
import io.tapdeck.capture.segment.RetentionLimits;
import io.tapdeck.web.control.Order;
import io.tapdeck.web.job.RecordingRetention;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** What a recorder can be told by its control socket. */
final class RecorderOrders {
  private RecorderOrders() {}

  /**
   * The orders by their names: {@code stop}, and {@code keep} with those of {@code keepBytes},
   * {@code keepFiles}, {@code keepAge} and {@code keepFree} that are limited from now on.
   *
   * @param started what is told before that is done then
   */
  static Map<String, Order> of(CompletableFuture<Recording> started) {
    return Map.of(
        "stop",
        order -> {
          var _ = started.thenAccept(Recording::stop);
        },
        "keep",
        order -> {
          RetentionLimits limits = RecordingRetention.read(order).limits();
          var _ = started.thenAccept(recording -> recording.keep(limits));
        });
  }
}
