package io.tapdeck.provisioner.northbound;

import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.provisioner.mirror.TapService;
import io.tapdeck.provisioner.ovsdb.Row;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What services and flows would be, if something were asked for. It is refused as it would be, by
 * the same conditions, which the server checks; nothing is changed.
 */
public final class Rehearsal {
  private final Northbound northbound;

  Rehearsal(Northbound northbound) {
    this.northbound = northbound;
  }

  /** See {@link TapServices#create}. */
  public TapService create(TapServices.Wish wish) throws IOException, InterruptedException {
    TapServices services = northbound.services();
    return Schema.service(
        services.isThere(wish)
            ? service(wish.id())
            : services.creating(wish).rehearse(fresh(wish.id()), northbound));
  }

  /** See {@link TapServices#update}. */
  public TapService update(UUID id, Optional<String> name, Optional<Long> maxRate)
      throws IOException, InterruptedException {
    return Schema.service(
        TapServices.updating(id, name, maxRate).rehearse(service(id), northbound));
  }

  /** See {@link TapServices#setEnabled}. */
  public TapService setServiceEnabled(UUID id, boolean enabled)
      throws IOException, InterruptedException {
    return Schema.service(TapServices.enabling(id, enabled).rehearse(service(id), northbound));
  }

  /** See {@link TapServices#delete}. */
  public void deleteService(UUID id) throws IOException, InterruptedException {
    var _ = northbound.services().deleting(id).rehearse(service(id), northbound);
  }

  /** See {@link TapFlows#create}. */
  public TapFlow create(TapFlows.Wish wish) throws IOException, InterruptedException {
    TapFlows flows = northbound.flows();
    return Schema.flow(
        flows.isThere(wish)
            ? flow(wish.id())
            : flows.creating(wish).rehearse(fresh(wish.id()), northbound));
  }

  /** See {@link TapFlows#update}. */
  public TapFlow update(UUID id, Optional<String> name, FlowSettings settings)
      throws IOException, InterruptedException {
    return Schema.flow(
        northbound.flows().updating(id, name, settings).rehearse(flow(id), northbound));
  }

  /** See {@link TapFlows#setEnabled}. */
  public TapFlow setFlowEnabled(UUID id, boolean enabled) throws IOException, InterruptedException {
    return Schema.flow(northbound.flows().enabling(id, enabled).rehearse(flow(id), northbound));
  }

  /** See {@link TapFlows#delete}. */
  public void deleteFlow(UUID id) throws IOException, InterruptedException {
    var _ = TapFlows.deleting(id).rehearse(flow(id), northbound);
  }

  private static Row fresh(UUID id) {
    return new Row(id, Map.of());
  }

  private Row service(UUID id) {
    return northbound
        .row(Schema.TAP_SERVICE, id)
        .orElseThrow(() -> new Refusal(TapServices.unknown(id.toString())));
  }

  private Row flow(UUID id) {
    return northbound
        .row(Schema.TAP_FLOW, id)
        .orElseThrow(() -> new Refusal(TapFlows.unknown(id.toString())));
  }
}
