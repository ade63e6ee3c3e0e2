package io.tapdeck.web.command;

import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.Standing;
import io.tapdeck.provisioner.northbound.FlowSettings;
import io.tapdeck.provisioner.northbound.Northbound;
import io.tapdeck.provisioner.northbound.TapFlows;
import io.tapdeck.provisioner.northbound.TapServices;
import io.tapdeck.web.mirror.FlowTrace;
import io.tapdeck.web.mirror.InventoryFields;
import io.tapdeck.web.mirror.Known;
import io.tapdeck.web.mirror.MirrorFields;
import io.tapdeck.web.mirror.MirrorPlan;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

/** The mirrors that a northbound holds. */
record NorthboundMirrors(Northbound northbound) implements Mirrors {
  @Override
  public List<Map<String, Object>> hosts() throws IOException, InterruptedException {
    return InventoryFields.hosts(northbound.view(), northbound.hostsWithoutAgent());
  }

  @Override
  public List<Map<String, Object>> guestNics() {
    return InventoryFields.guestNics(northbound.view());
  }

  @Override
  public List<Map<String, Object>> wires() {
    return InventoryFields.wires(northbound.view());
  }

  @Override
  public List<Map<String, Object>> all(Kind kind) throws IOException, InterruptedException {
    MirrorView view = northbound.view();
    Known known = Known.of(northbound);
    return switch (kind) {
      case SERVICE -> MirrorFields.services(view, known);
      case FLOW -> MirrorFields.flows(view, known);
    };
  }

  @Override
  public UUID find(Kind kind, String idOrName) {
    return switch (kind) {
      case SERVICE -> northbound.services().find(idOrName).id();
      case FLOW -> northbound.flows().find(idOrName).id();
    };
  }

  @Override
  public Map<String, Object> one(Kind kind, UUID id) throws IOException, InterruptedException {
    return switch (kind) {
      case SERVICE ->
          MirrorFields.of(
              northbound.services().find(id.toString()), northbound.view(), Known.of(northbound));
      case FLOW ->
          MirrorFields.of(
              northbound.flows().find(id.toString()), northbound.view(), Known.of(northbound));
    };
  }

  @Override
  public void create(TapServices.Wish wish) throws IOException, InterruptedException {
    northbound.services().create(wish);
  }

  @Override
  public void create(TapFlows.Wish wish) throws IOException, InterruptedException {
    northbound.flows().create(wish);
  }

  @Override
  public void update(UUID id, Optional<String> name, Optional<Long> maxRate)
      throws IOException, InterruptedException {
    northbound.services().update(id, name, maxRate);
  }

  @Override
  public void update(UUID id, Optional<String> name, FlowSettings settings)
      throws IOException, InterruptedException {
    northbound.flows().update(id, name, settings);
  }

  @Override
  public void setEnabled(Kind kind, UUID id, boolean enabled)
      throws IOException, InterruptedException {
    switch (kind) {
      case SERVICE -> northbound.services().setEnabled(id, enabled);
      case FLOW -> northbound.flows().setEnabled(id, enabled);
    }
  }

  @Override
  public void delete(Kind kind, UUID id) throws IOException, InterruptedException {
    switch (kind) {
      case SERVICE -> northbound.services().delete(id);
      case FLOW -> northbound.flows().delete(id);
    }
  }

  @Override
  public Settling.Watched watched(Kind kind, UUID id) {
    return new Settling.Watched() {
      @Override
      public Optional<Standing> standing() throws IOException, InterruptedException {
        return at(northbound.view(), northbound.hostsWithoutAgent());
      }

      @Override
      public boolean await(Predicate<Standing> wish, Duration timeout)
          throws IOException, InterruptedException {
        return northbound.await(view -> at(view, Set.of()).map(wish::test).orElse(true), timeout);
      }

      private Optional<Standing> at(MirrorView view, Set<String> away) {
        return switch (kind) {
          case SERVICE -> view.service(id).map(found -> MirrorFields.standing(found, view, away));
          case FLOW -> view.flow(id).map(found -> MirrorFields.standing(found, view, away));
        };
      }
    };
  }

  @Override
  public Map<String, Object> verify(UUID flow, Duration timeout)
      throws IOException, InterruptedException {
    return FlowTrace.of(northbound.flows().find(flow.toString()), northbound, timeout).fields();
  }

  @Override
  public MirrorPlan plan(MirrorPlan.Asked asked) {
    return MirrorPlan.of(asked, northbound);
  }

  @Override
  public void checkThere() throws IOException {
    if (northbound.ended().isDone()) {
      throw northbound.ended().join();
    }
  }

  @Override
  public String teller() {
    return "the northbound";
  }
}
