package io.tapdeck.web.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapdeck.replay.Replay;
import io.tapdeck.web.control.Order;
import io.tapdeck.web.job.ReplayPace;
import java.math.BigDecimal;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a player can be told by its control socket. */
final class ReplayOrders {
  private ReplayOrders() {}

  /**
   * The orders by their names: {@code stop}, {@code pause}, {@code resume}, {@code step} with
   * {@code frames} (1 if it is not given), and {@code pace} with one of {@code speed}, {@code pps},
   * {@code mbps} and {@code topspeed}.
   */
  static Map<String, Order> of(Replay replay) {
    return Map.of(
        "stop", order -> replay.stop(),
        "pause", order -> replay.pause(),
        "resume", order -> replay.resume(),
        "step", order -> replay.step(frames(order)),
        "pace", order -> replay.play(pace(order).pace()));
  }

  private static long frames(ObjectNode order) {
    JsonNode frames = order.get("frames");
    if (frames == null) {
      return 1;
    }
    if (!frames.isIntegralNumber() || !frames.canConvertToLong()) {
      throw new IllegalArgumentException("frames is a whole number");
    }
    return frames.longValue();
  }

  private static ReplayPace pace(ObjectNode order) {
    JsonNode pps = order.get("pps");
    if (pps != null && !(pps.isIntegralNumber() && pps.canConvertToLong())) {
      throw new IllegalArgumentException("pps is a whole number");
    }
    JsonNode topspeed = order.get("topspeed");
    return new ReplayPace(
        decimal(order, "speed"),
        pps == null ? null : pps.longValue(),
        decimal(order, "mbps"),
        topspeed == null ? null : topspeed.booleanValue());
  }

  private static @Nullable BigDecimal decimal(ObjectNode order, String name) {
    JsonNode value = order.get(name);
    if (value == null) {
      return null;
    }
    if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
      throw new IllegalArgumentException(name + " is a number");
    }
    return value.decimalValue();
  }
}
