package io.tapdeck.provisioner.plan;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The OpenFlow numbers of the ports and meters of {@code brtap}. A port keeps the number that it
 * has or has asked for; a new one asks for the lowest that is free. So flows can be written before
 * the ports they name exist, and no copy ever comes to a {@code brtap} that does not know where it
 * goes.
 */
public record PortNumbers(Map<String, Integer> numbers) {
  public PortNumbers {
    numbers = Map.copyOf(numbers);
  }

  /** Numbers the planned ports of {@code brtap}, given those there are. */
  public static PortNumbers of(HostPlan plan, SwitchView there) {
    Map<String, Integer> numbers = new TreeMap<>();
    Set<Integer> taken = new HashSet<>();
    for (SwitchView.BridgePort port : there.ports().values()) {
      if (port.bridgeName().equals(HostPlan.BRTAP)) {
        port.only()
            .ifPresent(row -> {
              int asked = row.optionalWhole("ofport_request").orElse(0L).intValue();
              int has = row.optionalWhole("ofport").orElse(0L).intValue();
              taken.add(asked);
              taken.add(has);
              int number = asked > 0 ? asked : has;
              if (number > 0 && port.isOurs()) {
                numbers.put(row.text("name"), number);
              }
            });
      }
    }
    int next = 1;
    for (PlannedPort port : plan.ports()) {
      if (port.bridge().equals(HostPlan.BRTAP) && !numbers.containsKey(port.name())) {
        while (!taken.add(next)) {
          next++;
        }
        numbers.put(port.name(), next);
      }
    }
    return new PortNumbers(numbers);
  }

  /** A port's number. */
  public int number(String port) {
    return numbers.getOrDefault(port, 0);
  }

  /** A meter's number: its own for each use and port. */
  public int meter(PlannedMeter.Use use, String port) {
    return use.number(number(port));
  }
}
