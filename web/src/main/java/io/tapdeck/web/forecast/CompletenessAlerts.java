package io.tapdeck.web.forecast;

import io.tapdeck.web.mirror.Completeness;
import java.util.ArrayList;
import java.util.List;

/** Copies that were lost between a mirror and the disk. */
public final class CompletenessAlerts {
  private CompletenessAlerts() {}

  /** Looks at all; what is on its way is not lost. */
  public static List<Alert> of(List<Completeness> mirrors) {
    List<Alert> alerts = new ArrayList<>();
    for (Completeness mirror : mirrors) {
      mirror.steps().stream()
          .filter(Completeness.Step::isShort)
          .map(step -> alert(mirror.name(), step))
          .forEach(alerts::add);
    }
    return alerts;
  }

  private static Alert alert(String name, Completeness.Step step) {
    String says =
        "Mirror '%s' is not complete: %d of %d copies were not %s"
            .formatted(name, step.missing(), step.expected(), step.step());
    String todo =
        switch (step.step()) {
          case "delivered" ->
              "They were lost between the hosts: look at the path of the tunnel and its MTU, and at"
                  + " the agents of both.";
          case "arrived", "received" ->
              "They were lost on this machine, before the recorder: look at its load, and at the"
                  + " drops of the tap NIC.";
          default ->
              "The recorder fell behind: record less, or give it a faster disk or processor.";
        };
    return Alert.warning(
        null, says + (step.said().isEmpty() ? "" : " (" + step.said() + ")"), todo);
  }
}
