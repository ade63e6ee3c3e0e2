package io.tapdeck.provisioner.northbound;

import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.TapService;
import io.tapdeck.provisioner.mirror.Target;
import io.tapdeck.provisioner.ovsdb.Condition;
import io.tapdeck.provisioner.ovsdb.Operation;
import io.tapdeck.provisioner.ovsdb.Value;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The mirror destinations that people want: every change that can be asked for, or refused. */
public final class TapServices {
  private static final String TARGET = "target-id";
  private static final String MAC = "mac-addr";

  private final Northbound northbound;

  TapServices(Northbound northbound) {
    this.northbound = northbound;
  }

  /** So many bits a second that there is no limit. */
  public static final long UNLIMITED = Long.MAX_VALUE;

  /** The lowest limit in bits a second: meters are told whole kilobits. */
  public static final long LOWEST_RATE = 1000;

  /**
   * A service as it is asked for.
   *
   * @param id chosen by who asks
   * @param type {@code host} or {@code guest}
   * @param target the host's or guest's id or name
   * @param mac the host's free physical NIC that the copies leave through; if absent the host gets
   *     a NIC for a recorder there
   * @param maxRate the most bits a second that a host sends to it; no limit if absent
   */
  public record Wish(
      UUID id,
      String name,
      String type,
      String target,
      Optional<String> mac,
      Optional<Long> maxRate) {
    public Wish {
      mac = mac.map(address -> address.toLowerCase(Locale.ROOT));
      maxRate = maxRate.filter(rate -> rate != UNLIMITED);
    }
  }

  /** Makes a service without a limit, see {@link #create(Wish)}. */
  public void create(UUID id, String name, String type, String target, Optional<String> mac)
      throws IOException, InterruptedException {
    create(new Wish(id, name, type, target, mac, Optional.empty()));
  }

  /**
   * Makes a service, disabled. Asked again with the same id, it does nothing.
   *
   * @throws Refusal if it cannot be made
   */
  public void create(Wish wish) throws IOException, InterruptedException {
    if (isThere(wish)) {
      return;
    }
    Request request = creating(wish);
    try {
      request.run(northbound);
    } catch (Refusal refusal) {
      // It may be its own name that is in the way, if it was asked for twice at once.
      if (!isThere(wish)) {
        throw refusal;
      }
    }
  }

  /** Whether it has been made; refused if the id is another's. */
  boolean isThere(Wish wish) {
    MirrorView view = northbound.view();
    Optional<TapService> known = view.service(wish.id());
    if (known.isPresent() && !isSame(known.get(), wish, view)) {
      throw new Refusal(
          "id "
              + wish.id()
              + " is that of tap service "
              + known.get().name()
              + ", which is another: choose another --id");
    }
    return known.isPresent();
  }

  Request creating(Wish wish) {
    MirrorView view = northbound.view();
    Names.check(wish.name());
    wish.maxRate().ifPresent(TapServices::checkRate);
    Request request =
        new Request()
            .forbid(
                nameTaken(wish.name()),
                Schema.TAP_SERVICE,
                Condition.equal("name", Value.of(wish.name())))
            .about("name");
    String target =
        switch (wish.type()) {
          case Schema.HOST_TYPE -> host(request, wish, view);
          case Schema.GUEST_TYPE -> guest(request, wish, view);
          default ->
              throw new Refusal(
                      "'" + wish.type() + "' is no type of tap service: give guest or host")
                  .about("type");
        };
    return request.then(
        Operation.insert(
            Schema.TAP_SERVICE,
            wish.id(),
            Map.of(
                "name", Value.of(wish.name()),
                "type", Value.of(wish.type()),
                "target", Value.of(target),
                "mac", Value.of(wish.mac().orElse("")),
                "max_rate", Schema.optional(wish.maxRate()),
                "enabled", Value.of(false),
                "generation", Value.of(TapService.FIRST_GENERATION))));
  }

  private static String nameTaken(String name) {
    return "a tap service named " + name + " exists already: choose another name";
  }

  /**
   * Checks a limit.
   *
   * @throws Refusal if it is too low
   */
  public static void checkRate(long rate) {
    if (rate < LOWEST_RATE) {
      throw new Refusal(
              "a limit of " + rate + " bit/s is too low: give 1kbit or more, or none at all")
          .about("max-rate");
    }
  }

  private static String host(Request request, Wish wish, MirrorView view) {
    String host = Names.host(wish.target(), TARGET, view);
    request
        .demand(
            Names.unknownHost(wish.target()), Schema.HOST, Condition.equal("name", Value.of(host)))
        .about(TARGET);
    wish.mac().ifPresent(mac -> demandFreeNic(request, host, mac, view));
    return host;
  }

  private static void demandFreeNic(Request request, String host, String mac, MirrorView view) {
    Condition onHost = Condition.equal("host", Value.of(host));
    Condition isNic = Condition.equal("mac", Value.of(mac));
    String user =
        view.services().stream()
            .filter(service -> service.target().equals(new Target.ByHostNic(host, mac)))
            .map(TapService::name)
            .findFirst()
            .orElse("another");
    request
        .demand(Names.unknownNic(host, mac, view), Schema.HOST_NIC, onHost, isNic)
        .about(MAC)
        .forbid(
            "NIC "
                + mac
                + " of host "
                + host
                + " is what tap service "
                + user
                + " delivers through already: use that one, or give another --mac-addr",
            Schema.TAP_SERVICE,
            Condition.equal("type", Value.of(Schema.HOST_TYPE)),
            Condition.equal("target", Value.of(host)),
            isNic)
        .about(MAC)
        .demand(
            view.hostNic(host, mac)
                .map(nic ->
                    "NIC "
                        + nic.name()
                        + " of host "
                        + host
                        + " is not free: it "
                        + (nic.isFree() ? "has just been taken" : nic.taken())
                        + "; free it, or give another --mac-addr")
                .orElseGet(() -> Names.unknownNic(host, mac, view)),
            Schema.HOST_NIC,
            onHost,
            isNic,
            Condition.equal("taken", Value.of("")))
        .about(MAC);
  }

  private static String guest(Request request, Wish wish, MirrorView view) {
    if (wish.mac().isPresent()) {
      throw new Refusal(
              "--mac-addr does not go with type guest, whose NIC is made for it: leave it out, or"
                  + " give --type host")
          .about(MAC);
    }
    String guest = Names.guest(wish.target(), TARGET, view);
    Condition isGuest = Condition.equal("guest", Value.of(guest));
    request
        .demand(Names.unknownGuest(wish.target()), Schema.NIC, isGuest)
        .about(TARGET)
        .demand(
            "guest "
                + wish.target()
                + " is not a network namespace, and adding NICs to other guests is not"
                + " supported yet: record on its host with --type host",
            Schema.NIC,
            isGuest,
            Condition.unequal("netns", Value.none()))
        .about(TARGET)
        .forbid(
            "guest "
                + wish.target()
                + " has a tap service already: use that one, or delete it first",
            Schema.TAP_SERVICE,
            Condition.equal("type", Value.of(Schema.GUEST_TYPE)),
            Condition.equal("target", Value.of(guest)))
        .about(TARGET);
    return guest;
  }

  private static boolean isSame(TapService known, Wish wish, MirrorView view) {
    String id = known.target().id();
    boolean sameTarget =
        switch (known.target()) {
          case Target.OnHost ignored ->
              Names.isHost(wish.target(), id, view) && wish.mac().isEmpty();
          case Target.ByHostNic(var ignored, String mac) ->
              Names.isHost(wish.target(), id, view) && wish.mac().equals(Optional.of(mac));
          // Nobody knows the name of a guest that is off.
          case Target.InGuest ignored ->
              wish.target().equals(id)
                  || wish.target().equals(view.guestName(id))
                  || view.nicsOf(id).isEmpty();
        };
    return known.name().equals(wish.name())
        && type(known.target()).equals(wish.type())
        && sameTarget
        && known.maxRate().equals(wish.maxRate());
  }

  /**
   * The service that is meant.
   *
   * @throws Refusal if there is none
   */
  public TapService find(String idOrName) {
    return known(idOrName).orElseThrow(() -> new Refusal(unknown(idOrName)));
  }

  /** The same, for what that option says. */
  TapService find(String idOrName, String option) {
    return known(idOrName).orElseThrow(() -> new Refusal(unknown(idOrName)).about(option));
  }

  private Optional<TapService> known(String idOrName) {
    Optional<UUID> id = Names.uuid(idOrName);
    return northbound.view().services().stream()
        .filter(service -> id.map(service.id()::equals).orElse(service.name().equals(idOrName)))
        .findFirst();
  }

  /** The sentence that refuses one that nobody knows. */
  public static String unknown(String idOrName) {
    return "tap service " + idOrName + " is unknown: see 'tapdeck tap-service-list'";
  }

  /**
   * Changes what is asked for and is not so already; all of it or nothing.
   *
   * @param name what to call it from now on
   * @param maxRate the most bits a second that a host sends to it, or {@link #UNLIMITED}
   * @throws Refusal if it cannot be so
   */
  public void update(UUID id, Optional<String> name, Optional<Long> maxRate)
      throws IOException, InterruptedException {
    updating(id, name, maxRate).run(northbound);
  }

  static Request updating(UUID id, Optional<String> name, Optional<Long> maxRate) {
    if (name.isEmpty() && maxRate.isEmpty()) {
      throw new Refusal("nothing is to be changed: name what, and how it is to be");
    }
    name.ifPresent(Names::check);
    maxRate.ifPresent(TapServices::checkRate);
    Request request =
        new Request().demand(unknown(id.toString()), Schema.TAP_SERVICE, Condition.is(id));
    name.ifPresent(wanted -> request.rename(Schema.TAP_SERVICE, id, wanted, nameTaken(wanted)));
    maxRate.ifPresent(rate ->
        request.change(
            Schema.TAP_SERVICE, id, "max_rate", rate == UNLIMITED ? Value.none() : Value.of(rate)));
    return request;
  }

  /** Wants it from now on, or no longer; nothing if that is so already. */
  public void setEnabled(UUID id, boolean enabled) throws IOException, InterruptedException {
    enabling(id, enabled).run(northbound);
  }

  static Request enabling(UUID id, boolean enabled) {
    return new Request()
        .demand(unknown(id.toString()), Schema.TAP_SERVICE, Condition.is(id))
        .change(Schema.TAP_SERVICE, id, "enabled", Value.of(enabled));
  }

  /**
   * Deletes it.
   *
   * @throws Refusal if it has flows
   */
  public void delete(UUID id) throws IOException, InterruptedException {
    deleting(id).run(northbound);
  }

  Request deleting(UUID id) {
    String name = northbound.view().service(id).map(TapService::name).orElse(id.toString());
    return new Request()
        .demand(unknown(name), Schema.TAP_SERVICE, Condition.is(id))
        .forbid(
            "tap service " + name + " still has tap flows: delete those first",
            Schema.TAP_FLOW,
            Condition.equal("service", Value.of(id)))
        .then(new Operation.Delete(Schema.TAP_SERVICE, List.of(Condition.is(id))));
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
