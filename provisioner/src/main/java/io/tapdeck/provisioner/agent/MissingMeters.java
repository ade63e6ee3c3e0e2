package io.tapdeck.provisioner.agent;

import io.tapdeck.provisioner.plan.BrtapFlow;
import io.tapdeck.provisioner.plan.PlannedMeter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Meters that Open vSwitch did not make. No flow can name one, and where one does, none of the
 * flows is made; so only the groups that need it do without.
 *
 * @param reasons why each is not there
 */
record MissingMeters(Map<PlannedMeter, String> reasons) {
  private static final String DROP = "drop";
  private static final Pattern IN_PORT = Pattern.compile("in_port=<([^>]+)>");

  MissingMeters {
    reasons = Map.copyOf(reasons);
  }

  /** A flow as it can be made. Without its limit nothing is sent; a count is done without. */
  BrtapFlow without(BrtapFlow flow) {
    String actions = flow.actions();
    for (PlannedMeter meter : reasons.keySet()) {
      if (uses(flow, meter)) {
        actions =
            meter.use() == PlannedMeter.Use.LIMIT || actions.equals(meter.reference())
                ? DROP
                : actions.replace(meter.reference() + ",", "");
      }
    }
    return new BrtapFlow(flow.table(), flow.priority(), flow.match(), actions, flow.counts());
  }

  private static boolean uses(BrtapFlow flow, PlannedMeter meter) {
    return flow.actions().contains(meter.reference());
  }

  /** By port of the groups that do without, what is amiss. */
  Map<String, String> amiss(List<BrtapFlow> flows) {
    Map<String, String> amiss = new HashMap<>();
    reasons.forEach((meter, reason) -> {
      String fault = "has no meter: " + reason;
      amiss.put(meter.port(), fault);
      for (BrtapFlow flow : flows) {
        Matcher from = IN_PORT.matcher(flow.match());
        if (uses(flow, meter) && from.find()) {
          amiss.put(from.group(1), fault);
        }
      }
    });
    return amiss;
  }
}
