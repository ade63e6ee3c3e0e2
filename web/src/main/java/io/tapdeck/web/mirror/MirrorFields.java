package io.tapdeck.web.mirror;

import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.ServiceReport;
import io.tapdeck.provisioner.mirror.Standing;
import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.provisioner.mirror.TapService;
import io.tapdeck.provisioner.mirror.Target;
import io.tapdeck.provisioner.northbound.TapFlows;
import io.tapdeck.provisioner.northbound.TapServices;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What is shown of services and flows, by the names that scripts read. */
public final class MirrorFields {
  private MirrorFields() {}

  /** A service; {@code nic} is empty until the NIC is there and right. */
  public static Map<String, Object> of(TapService service, MirrorView view) {
    Standing standing = Standing.of(service, view);
    Optional<String> host = view.destination(service).map(Host::name);
    String nic =
        host.flatMap(name -> view.serviceReport(service.id(), name))
            .filter(report -> service.enabled() && report.generation() == service.generation())
            .map(ServiceReport::nic)
            .orElse("");
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", service.id().toString());
    fields.put("name", service.name());
    fields.put("type", TapServices.type(service.target()));
    fields.put("targetId", service.target().id());
    fields.put(
        "target",
        switch (service.target()) {
          case Target.OnHost(String name) -> name;
          case Target.InGuest(String guest) -> view.guestName(guest);
        });
    fields.put("enabled", service.enabled());
    fields.put("state", standing.state().word());
    fields.put("reason", standing.reason());
    fields.put("nic", nic);
    fields.put("host", host.orElse(""));
    return fields;
  }

  /** A flow. */
  public static Map<String, Object> of(TapFlow flow, MirrorView view) {
    Standing standing = Standing.of(flow, view);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", flow.id().toString());
    fields.put("name", flow.name());
    fields.put("type", TapFlows.VNIC);
    fields.put("tapId", flow.service().toString());
    fields.put("tap", view.service(flow.service()).map(TapService::name).orElse(""));
    fields.put("guestId", flow.guest());
    fields.put("guest", view.guestName(flow.guest()));
    fields.put("macAddr", flow.mac());
    fields.put("direction", flow.direction().name());
    fields.put("enabled", flow.enabled());
    fields.put("state", standing.state().word());
    fields.put("reason", standing.reason());
    return fields;
  }
}
