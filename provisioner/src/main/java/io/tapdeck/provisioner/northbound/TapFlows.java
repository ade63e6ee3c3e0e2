package io.tapdeck.provisioner.northbound;

import io.tapdeck.provisioner.mirror.Direction;
import io.tapdeck.provisioner.mirror.HostNic;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.Nic;
import io.tapdeck.provisioner.mirror.Source;
import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.provisioner.mirror.TapService;
import io.tapdeck.provisioner.mirror.Target;
import io.tapdeck.provisioner.mirror.Treatment;
import io.tapdeck.provisioner.ovsdb.Condition;
import io.tapdeck.provisioner.ovsdb.Operation;
import io.tapdeck.provisioner.ovsdb.Value;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The mirror sources that people want: every change that can be asked for, or refused. */
public final class TapFlows {
  /** The type of a flow whose source is a guest's NIC. */
  public static final String VNIC = Schema.VNIC_TYPE;

  private static final int LAST_VLAN = 4094;

  private static final String TAP = "tap-id";
  private static final String GUEST = "guest-id";
  private static final String MAC = "mac-addr";
  private static final String HOST = "host-id";
  private static final String WIRE = "wire-id";

  private final Northbound northbound;

  TapFlows(Northbound northbound) {
    this.northbound = northbound;
  }

  /**
   * What is to be copied, as it is asked for.
   *
   * @param guest the guest's id or name
   * @param mac the NIC, needed if the guest has several and no address is given
   * @param ip an address of the NIC
   * @param host the switch's host, by id or name
   * @param wire the wire that the switch belongs to
   * @param vlan only this VLAN, 0 for what is untagged
   */
  public record From(
      Optional<String> guest,
      Optional<String> mac,
      Optional<String> ip,
      Optional<String> host,
      Optional<String> wire,
      Optional<Integer> vlan) {
    /** A NIC of a guest. */
    public static From nic(String guest, Optional<String> mac, Optional<String> ip) {
      return new From(
          Optional.of(guest), mac, ip, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** A host's switch. */
    public static From vswitch(String host, String wire, Optional<Integer> vlan) {
      return new From(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.of(host),
          Optional.of(wire),
          vlan);
    }
  }

  /**
   * A flow as it is asked for.
   *
   * @param id chosen by who asks
   * @param type {@code vnic} or {@code vswitch}
   * @param tap the tap service's id or name
   */
  public record Wish(
      UUID id, String name, String type, String tap, From from, FlowSettings settings) {
    /** A guest's NIC, of which all that goes in that direction is copied. */
    public Wish(
        UUID id,
        String name,
        String type,
        String tap,
        String guest,
        Optional<String> mac,
        Optional<String> ip,
        String direction) {
      this(id, name, type, tap, From.nic(guest, mac, ip), FlowSettings.of(direction));
    }
  }

  /**
   * Makes a flow, enabled. Asked again with the same id, it does nothing.
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
    Optional<TapFlow> known = view.flow(wish.id());
    if (known.isPresent() && !isSame(known.get(), wish, view)) {
      throw new Refusal(
          "id "
              + wish.id()
              + " is that of tap flow "
              + known.get().name()
              + ", which is another: choose another --id");
    }
    return known.isPresent();
  }

  Request creating(Wish wish) {
    MirrorView view = northbound.view();
    Names.check(wish.name());
    checkOptions(wish);
    wish.settings().check(wish.type());
    Map<String, Value> columns = new HashMap<>(Schema.columns(Treatment.DEFAULT));
    columns.put("direction", Value.of(Direction.BOTH.name()));
    columns.putAll(wish.settings().columns(Instant.now()));
    TapService service = northbound.services().find(wish.tap(), TAP);
    columns.put("name", Value.of(wish.name()));
    columns.put("type", Value.of(wish.type()));
    columns.put("service", Value.of(service.id()));
    columns.put("enabled", Value.of(true));
    columns.put("generation", Value.of(1));
    Request request =
        new Request()
            .forbid(
                nameTaken(wish.name()),
                Schema.TAP_FLOW,
                Condition.equal("name", Value.of(wish.name())))
            .about("name")
            .demand(
                "tap service " + wish.tap() + " is unknown: see 'tapdeck tap-service-list'",
                Schema.TAP_SERVICE,
                Condition.is(service.id()))
            .about(TAP);
    Map<String, Value> source =
        wish.type().equals(VNIC)
            ? vnic(request, wish.from(), service, view)
            : vswitch(request, wish, service, view);
    columns.putAll(source);
    return request.then(Operation.insert(Schema.TAP_FLOW, wish.id(), columns));
  }

  private static String nameTaken(String name) {
    return "a tap flow named " + name + " exists already: choose another name";
  }

  private static void checkOptions(Wish wish) {
    From from = wish.from();
    switch (wish.type()) {
      case Schema.VNIC_TYPE -> {
        misplaced(from.host(), HOST, wish.type(), Schema.VSWITCH_TYPE);
        misplaced(from.wire(), WIRE, wish.type(), Schema.VSWITCH_TYPE);
        misplaced(from.vlan(), "vlan-id", wish.type(), Schema.VSWITCH_TYPE);
        missing(from.guest(), "the guest", GUEST, wish.type());
      }
      case Schema.VSWITCH_TYPE -> {
        misplaced(from.guest(), GUEST, wish.type(), Schema.VNIC_TYPE);
        misplaced(from.mac(), MAC, wish.type(), Schema.VNIC_TYPE);
        misplaced(from.ip(), "ip-addr", wish.type(), Schema.VNIC_TYPE);
        missing(from.host(), "the switch's host", HOST, wish.type());
        missing(from.wire(), "the switch's wire", WIRE, wish.type());
        if (from.vlan().filter(vlan -> vlan < 0 || vlan > LAST_VLAN).isPresent()) {
          throw new Refusal(
                  "there is no VLAN "
                      + from.vlan().get()
                      + ": give 1 to "
                      + LAST_VLAN
                      + ", or 0 for what is untagged")
              .about("vlan-id");
        }
      }
      default ->
          throw new Refusal("'" + wish.type() + "' is no type of tap flow: give vnic or vswitch")
              .about("type");
    }
  }

  private static void misplaced(Optional<?> given, String option, String type, String other) {
    if (given.isPresent()) {
      throw new Refusal(
              "--"
                  + option
                  + " does not go with type "
                  + type
                  + ": leave it out, or give --type "
                  + other)
          .about(option);
    }
  }

  private static void missing(Optional<?> given, String what, String option, String type) {
    if (given.isEmpty()) {
      throw new Refusal("type " + type + " needs " + what + ": give --" + option).about(option);
    }
  }

  private static Map<String, Value> vnic(
      Request request, From from, TapService service, MirrorView view) {
    String asked = from.guest().orElse("");
    String guest = Names.guest(asked, GUEST, view);
    Nic nic = nic(from, guest, view);
    Value mac = Value.of(nic.mac());
    request
        .forbid(
            "guest "
                + asked
                + " is what tap service "
                + service.name()
                + " delivers to: its own traffic needs a tap service elsewhere",
            Schema.TAP_SERVICE,
            Condition.is(service.id()),
            Condition.equal("type", Value.of(Schema.GUEST_TYPE)),
            Condition.equal("target", Value.of(guest)))
        .about(TAP)
        .forbid(
            "NIC "
                + nic.mac()
                + " is what tap service "
                + service.name()
                + " delivers through, so it cannot be copied to it: give another --tap-id",
            Schema.TAP_SERVICE,
            Condition.is(service.id()),
            Condition.equal("type", Value.of(Schema.HOST_TYPE)),
            Condition.equal("target", Value.of(nic.host())),
            Condition.equal("mac", mac))
        .about(TAP)
        .demand(
            Names.unknownGuest(asked),
            Schema.NIC,
            Condition.equal("guest", Value.of(guest)),
            Condition.equal("mac", mac))
        .about(GUEST)
        .forbid(
            "tap service "
                + service.name()
                + " has a tap flow of NIC "
                + nic.mac()
                + " of guest "
                + asked
                + " already: use that one, or delete it first",
            Schema.TAP_FLOW,
            Condition.equal("service", Value.of(service.id())),
            Condition.equal("type", Value.of(VNIC)),
            Condition.equal("guest", Value.of(guest)),
            Condition.equal("mac", mac))
        .about(TAP);
    return Map.of("guest", Value.of(guest), "mac", mac);
  }

  private static Map<String, Value> vswitch(
      Request request, Wish wish, TapService service, MirrorView view) {
    From from = wish.from();
    String asked = from.host().orElse("");
    String host = Names.host(asked, HOST, view);
    String wire = from.wire().orElse("");
    Value vlan = Schema.optional(from.vlan());
    String vswitch =
        "wire " + wire + " of host " + host + from.vlan().map(id -> ", VLAN " + id).orElse("");
    request
        .demand(Names.unknownHost(asked), Schema.HOST, Condition.equal("name", Value.of(host)))
        .about(HOST)
        .demand(
            Names.unknownWire(host, wire, view),
            Schema.WIRE,
            Condition.equal("host", Value.of(host)),
            Condition.equal("name", Value.of(wire)))
        .about(WIRE);
    demandUplink(request, wish.settings(), host, wire);
    if (service.target() instanceof Target.ByHostNic(String tapHost, String mac)
        && tapHost.equals(host)) {
      view.hostNic(host, mac)
          .map(HostNic::name)
          .ifPresent(name ->
              request
                  .forbid(
                      "NIC "
                          + name
                          + " is an uplink of wire "
                          + wire
                          + " and what tap service "
                          + service.name()
                          + " delivers through, so its traffic cannot be copied to it: give another"
                          + " --tap-id",
                      Schema.WIRE,
                      Condition.equal("host", Value.of(host)),
                      Condition.equal("name", Value.of(wire)),
                      Condition.includes("uplinks", Value.of(name)))
                  .about(TAP));
    }
    request
        .forbid(
            "tap service "
                + service.name()
                + " has a tap flow of "
                + vswitch
                + " already: use that one, or delete it first",
            Schema.TAP_FLOW,
            Condition.equal("service", Value.of(service.id())),
            Condition.equal("type", Value.of(Schema.VSWITCH_TYPE)),
            Condition.equal("host", Value.of(host)),
            Condition.equal("wire", Value.of(wire)),
            Condition.equal("vlan", vlan))
        .about(TAP);
    return Map.of("host", Value.of(host), "wire", Value.of(wire), "vlan", vlan);
  }

  /** IN and OUT of a switch are what enters and leaves by its uplink. */
  private static void demandUplink(
      Request request, FlowSettings settings, String host, String wire) {
    settings
        .wantedDirection()
        .filter(direction -> direction != Direction.BOTH)
        .ifPresent(direction ->
            request
                .demand(
                    "wire "
                        + wire
                        + " of host "
                        + host
                        + " has no uplink that "
                        + direction
                        + " could be told by: give --direction BOTH",
                    Schema.WIRE,
                    Condition.equal("host", Value.of(host)),
                    Condition.equal("name", Value.of(wire)),
                    Condition.unequal("uplinks", Value.none()))
                .about("direction"));
  }

  private static boolean isSame(TapFlow known, Wish wish, MirrorView view) {
    boolean sameTap =
        known.service().toString().equals(wish.tap().toLowerCase(Locale.ROOT))
            || view.service(known.service())
                .filter(service -> service.name().equals(wish.tap()))
                .isPresent();
    return known.name().equals(wish.name())
        && type(known.source()).equals(wish.type())
        && sameTap
        && isFrom(known.source(), wish.from(), view)
        && wish.settings().isOf(known);
  }

  private static boolean isFrom(Source known, From from, MirrorView view) {
    return switch (known) {
      case Source.Vnic(String guest, String mac) ->
          // Nobody knows the name of a guest that is off.
          (from.guest().filter(asked -> asked.equals(guest)).isPresent()
                  || from.guest().filter(view.guestName(guest)::equals).isPresent()
                  || view.nicsOf(guest).isEmpty())
              && from.mac().map(asked -> asked.equalsIgnoreCase(mac)).orElse(true);
      case Source.Vswitch(String host, String wire, Optional<Integer> vlan) ->
          from.host().filter(asked -> Names.isHost(asked, host, view)).isPresent()
              && from.wire().equals(Optional.of(wire))
              && from.vlan().equals(vlan);
    };
  }

  private static Nic nic(From from, String guest, MirrorView view) {
    List<Nic> all = view.nicsOf(guest);
    List<Nic> named =
        all.stream()
            .filter(nic -> from.mac().map(mac -> mac.equalsIgnoreCase(nic.mac())).orElse(true))
            .filter(nic -> from.ip().map(nic.ips()::contains).orElse(true))
            .toList();
    String asked = from.guest().orElse("");
    List<String> macs = all.stream().map(Nic::mac).distinct().sorted().toList();
    String has = "guest " + asked + " has " + String.join(", ", macs);
    if (named.isEmpty()) {
      String wanted =
          from.mac().map(mac -> "MAC " + mac).orElse("")
              + (from.mac().isPresent() && from.ip().isPresent() ? " and " : "")
              + from.ip().map(ip -> "IP " + ip).orElse("");
      throw new Refusal("no NIC of guest " + asked + " has " + wanted + ": " + has)
          .about(from.mac().isPresent() ? MAC : "ip-addr");
    }
    if (named.stream().map(Nic::mac).distinct().count() > 1) {
      throw new Refusal("several NICs could be meant: give --mac-addr; " + has).about(MAC);
    }
    return named.getFirst();
  }

  /**
   * The flow that is meant.
   *
   * @throws Refusal if there is none
   */
  public TapFlow find(String idOrName) {
    Optional<UUID> id = Names.uuid(idOrName);
    return northbound.view().flows().stream()
        .filter(flow -> id.map(flow.id()::equals).orElse(flow.name().equals(idOrName)))
        .findFirst()
        .orElseThrow(() -> new Refusal(unknown(idOrName)));
  }

  /** The sentence that refuses one that nobody knows. */
  public static String unknown(String idOrName) {
    return "tap flow " + idOrName + " is unknown: see 'tapdeck tap-flow-list'";
  }

  /**
   * Changes what is asked for and is not so already; all of it or nothing.
   *
   * @param name what to call it from now on
   * @throws Refusal if it cannot be so
   */
  public void update(UUID id, Optional<String> name, FlowSettings settings)
      throws IOException, InterruptedException {
    updating(id, name, settings).run(northbound);
  }

  Request updating(UUID id, Optional<String> name, FlowSettings settings) {
    if (name.isEmpty() && settings.isNone()) {
      throw new Refusal("nothing is to be changed: name what, and how it is to be");
    }
    name.ifPresent(Names::check);
    TapFlow known =
        northbound.view().flow(id).orElseThrow(() -> new Refusal(unknown(id.toString())));
    settings.check(type(known.source()));
    Map<String, Value> columns = settings.columns(Instant.now());
    Request request =
        new Request().demand(unknown(known.name()), Schema.TAP_FLOW, Condition.is(id));
    name.ifPresent(wanted -> request.rename(Schema.TAP_FLOW, id, wanted, nameTaken(wanted)));
    if (known.source() instanceof Source.Vswitch(String host, String wire, var ignored)) {
      demandUplink(request, settings, host, wire);
    }
    columns.forEach((column, value) -> request.change(Schema.TAP_FLOW, id, column, value));
    return request;
  }

  /**
   * Wants it from now on, or no longer; nothing if that is so already.
   *
   * @throws Refusal if it is to be wanted, and its end has come
   */
  public void setEnabled(UUID id, boolean enabled) throws IOException, InterruptedException {
    enabling(id, enabled).run(northbound);
  }

  Request enabling(UUID id, boolean enabled) {
    MirrorView view = northbound.view();
    Optional<TapFlow> ended = view.flow(id).filter(flow -> flow.hasEnded(view.at()));
    if (enabled && ended.isPresent()) {
      String name = ended.get().name();
      throw new Refusal(
          "tap flow "
              + name
              + " has ended: give it another end first, by --for or --until, or none");
    }
    return new Request()
        .demand(unknown(id.toString()), Schema.TAP_FLOW, Condition.is(id))
        .change(Schema.TAP_FLOW, id, "enabled", Value.of(enabled));
  }

  /** Deletes it. */
  public void delete(UUID id) throws IOException, InterruptedException {
    deleting(id).run(northbound);
  }

  static Request deleting(UUID id) {
    return new Request()
        .demand(unknown(id.toString()), Schema.TAP_FLOW, Condition.is(id))
        .then(new Operation.Delete(Schema.TAP_FLOW, List.of(Condition.is(id))));
  }

  /** The word for a kind of source, as {@link #create} takes it. */
  public static String type(Source source) {
    return switch (source) {
      case Source.Vnic ignored -> Schema.VNIC_TYPE;
      case Source.Vswitch ignored -> Schema.VSWITCH_TYPE;
    };
  }
}
