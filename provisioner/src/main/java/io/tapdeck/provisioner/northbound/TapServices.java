package io.tapdeck.provisioner.northbound;

import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.TapService;
import io.tapdeck.provisioner.mirror.Target;
import io.tapdeck.provisioner.ovsdb.Condition;
import io.tapdeck.provisioner.ovsdb.Mutation;
import io.tapdeck.provisioner.ovsdb.Operation;
import io.tapdeck.provisioner.ovsdb.Value;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The mirror destinations that people want: every change that can be asked for, or refused. */
public final class TapServices {
  private final Northbound northbound;

  TapServices(Northbound northbound) {
    this.northbound = northbound;
  }

  /**
   * Makes a service, disabled. Asked again with the same id, it does nothing.
   *
   * @param id chosen by who asks
   * @param type {@code host} or {@code guest}
   * @param target the host's or guest's id or name
   * @param mac the physical NIC, for which there is no support yet
   * @throws Refusal if it cannot be made
   */
  public void create(UUID id, String name, String type, String target, Optional<String> mac)
      throws IOException, InterruptedException {
    MirrorView view = northbound.view();
    Optional<TapService> known = view.service(id);
    if (known.isPresent()) {
      if (!isSame(known.get(), name, type, target, view)) {
        throw new Refusal(
            "id "
                + id
                + " is that of tap service "
                + known.get().name()
                + ", which is another: choose another --id");
      }
      return;
    }
    Names.check(name);
    if (mac.isPresent()) {
      throw new Refusal(
          "delivering to a physical NIC is not supported yet: leave out --mac-addr and record on"
              + " the host");
    }
    Request request =
        new Request()
            .forbid(
                "a tap service named " + name + " exists already: choose another name",
                Schema.TAP_SERVICE,
                Condition.equal("name", Value.of(name)));
    String targetId;
    switch (type) {
      case Schema.HOST_TYPE -> {
        targetId = Names.host(target, view);
        request.demand(
            Names.unknownHost(target), Schema.HOST, Condition.equal("name", Value.of(targetId)));
      }
      case Schema.GUEST_TYPE -> {
        targetId = Names.guest(target, view);
        Condition isGuest = Condition.equal("guest", Value.of(targetId));
        request
            .demand(Names.unknownGuest(target), Schema.NIC, isGuest)
            .demand(
                "guest "
                    + target
                    + " is not a network namespace, and adding NICs to other guests is not"
                    + " supported yet: record on its host with --type host",
                Schema.NIC,
                isGuest,
                new Condition("netns", Condition.Function.UNEQUAL, Value.none()))
            .forbid(
                "guest " + target + " has a tap service already: use that one, or delete it first",
                Schema.TAP_SERVICE,
                Condition.equal("type", Value.of(type)),
                Condition.equal("target", Value.of(targetId)));
      }
      default -> throw new Refusal("'" + type + "' is no type of tap service: give guest or host");
    }
    request
        .then(
            Operation.insert(
                Schema.TAP_SERVICE,
                id,
                Map.of(
                    "name", Value.of(name),
                    "type", Value.of(type),
                    "target", Value.of(targetId),
                    "enabled", Value.of(false),
                    "generation", Value.of(TapService.FIRST_GENERATION))))
        .run(northbound);
  }

  private static boolean isSame(
      TapService known, String name, String type, String target, MirrorView view) {
    String id = known.target().id();
    boolean sameTarget =
        switch (known.target()) {
          case Target.OnHost ignored -> isHost(target, id, view);
          case Target.ByHostNic ignored -> isHost(target, id, view);
          // Nobody knows the name of a guest that is off.
          case Target.InGuest ignored ->
              target.equals(id) || target.equals(view.guestName(id)) || view.nicsOf(id).isEmpty();
        };
    return known.name().equals(name) && type(known.target()).equals(type) && sameTarget;
  }

  private static boolean isHost(String idOrName, String name, MirrorView view) {
    return idOrName.equals(name)
        || view.host(name).filter(host -> host.id().toString().equals(idOrName)).isPresent();
  }

  /**
   * The service that is meant.
   *
   * @throws Refusal if there is none
   */
  public TapService find(String idOrName) {
    Optional<UUID> id = Names.uuid(idOrName);
    return northbound.view().services().stream()
        .filter(service -> id.map(service.id()::equals).orElse(service.name().equals(idOrName)))
        .findFirst()
        .orElseThrow(() -> new Refusal(unknown(idOrName)));
  }

  private static String unknown(String idOrName) {
    return "tap service " + idOrName + " is unknown: see 'tapdeck tap-service-list'";
  }

  /** Wants it from now on, or no longer; nothing if that is so already. */
  public void setEnabled(UUID id, boolean enabled) throws IOException, InterruptedException {
    new Request()
        .demand(unknown(id.toString()), Schema.TAP_SERVICE, Condition.is(id))
        .then(raise(Schema.TAP_SERVICE, id, !enabled))
        .then(set(Schema.TAP_SERVICE, id, enabled))
        .run(northbound);
  }

  static Operation raise(String table, UUID id, boolean whereEnabled) {
    return new Operation.Mutate(
        table,
        List.of(Condition.is(id), Condition.equal("enabled", Value.of(whereEnabled))),
        List.of(Mutation.add("generation", 1)));
  }

  static Operation set(String table, UUID id, boolean enabled) {
    return new Operation.Update(
        table, List.of(Condition.is(id)), Map.of("enabled", Value.of(enabled)));
  }

  /**
   * Deletes it.
   *
   * @throws Refusal if it has flows
   */
  public void delete(UUID id) throws IOException, InterruptedException {
    String name = northbound.view().service(id).map(TapService::name).orElse(id.toString());
    new Request()
        .demand(unknown(name), Schema.TAP_SERVICE, Condition.is(id))
        .forbid(
            "tap service " + name + " still has tap flows: delete those first",
            Schema.TAP_FLOW,
            Condition.equal("service", Value.of(id)))
        .then(new Operation.Delete(Schema.TAP_SERVICE, List.of(Condition.is(id))))
        .run(northbound);
  }

  /** The word for a kind of target, as {@link #create} takes it. */
  public static String type(Target target) {
    return switch (target) {
      case Target.OnHost ignored -> Schema.HOST_TYPE;
      case Target.ByHostNic ignored -> Schema.HOST_TYPE;
      case Target.InGuest ignored -> Schema.GUEST_TYPE;
    };
  }
}
