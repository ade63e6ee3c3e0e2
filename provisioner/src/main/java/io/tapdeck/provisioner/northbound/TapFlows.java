package io.tapdeck.provisioner.northbound;

import io.tapdeck.provisioner.mirror.Direction;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.Nic;
import io.tapdeck.provisioner.mirror.Source;
import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.provisioner.mirror.TapService;
import io.tapdeck.provisioner.mirror.Treatment;
import io.tapdeck.provisioner.ovsdb.Condition;
import io.tapdeck.provisioner.ovsdb.Operation;
import io.tapdeck.provisioner.ovsdb.Value;
import java.io.IOException;
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

  private final Northbound northbound;

  TapFlows(Northbound northbound) {
    this.northbound = northbound;
  }

  /**
   * A flow as it is asked for.
   *
   * @param id chosen by who asks
   * @param tap the tap service's id or name
   * @param guest the guest's id or name
   * @param mac the NIC, needed if the guest has several and no address is given
   * @param ip an address of the NIC
   * @param direction {@code IN}, {@code OUT} or {@code BOTH}
   */
  public record Wish(
      UUID id,
      String name,
      String type,
      String tap,
      String guest,
      Optional<String> mac,
      Optional<String> ip,
      String direction) {}

  /**
   * Makes a flow, enabled. Asked again with the same id, it does nothing.
   *
   * @throws Refusal if it cannot be made
   */
  public void create(Wish wish) throws IOException, InterruptedException {
    MirrorView view = northbound.view();
    Optional<TapFlow> known = view.flow(wish.id());
    if (known.isPresent()) {
      if (!isSame(known.get(), wish, view)) {
        throw new Refusal(
            "id "
                + wish.id()
                + " is that of tap flow "
                + known.get().name()
                + ", which is another: choose another --id");
      }
      return;
    }
    Names.check(wish.name());
    if (!wish.type().equals(VNIC)) {
      throw new Refusal(
          wish.type().equals("vswitch")
              ? "mirroring a virtual switch is not supported yet: give --type vnic"
              : "'" + wish.type() + "' is no type of tap flow: give vnic");
    }
    Direction direction = direction(wish.direction());
    TapService service = northbound.services().find(wish.tap());
    String guest = Names.guest(wish.guest(), view);
    String mac = nic(wish, guest, view).mac();
    Map<String, Value> columns = new HashMap<>(Schema.columns(Treatment.DEFAULT));
    columns.put("name", Value.of(wish.name()));
    columns.put("type", Value.of(VNIC));
    columns.put("service", Value.of(service.id()));
    columns.put("guest", Value.of(guest));
    columns.put("mac", Value.of(mac));
    columns.put("direction", Value.of(direction.name()));
    columns.put("enabled", Value.of(true));
    columns.put("generation", Value.of(1));
    new Request()
        .forbid(
            "a tap flow named " + wish.name() + " exists already: choose another name",
            Schema.TAP_FLOW,
            Condition.equal("name", Value.of(wish.name())))
        .demand(
            "tap service " + wish.tap() + " is unknown: see 'tapdeck tap-service-list'",
            Schema.TAP_SERVICE,
            Condition.is(service.id()))
        .forbid(
            "guest "
                + wish.guest()
                + " is what tap service "
                + service.name()
                + " delivers to: its own traffic needs a tap service elsewhere",
            Schema.TAP_SERVICE,
            Condition.is(service.id()),
            Condition.equal("type", Value.of(Schema.GUEST_TYPE)),
            Condition.equal("target", Value.of(guest)))
        .demand(
            Names.unknownGuest(wish.guest()),
            Schema.NIC,
            Condition.equal("guest", Value.of(guest)),
            Condition.equal("mac", Value.of(mac)))
        .forbid(
            "tap service "
                + service.name()
                + " has a tap flow of NIC "
                + mac
                + " of guest "
                + wish.guest()
                + " already: use that one, or delete it first",
            Schema.TAP_FLOW,
            Condition.equal("service", Value.of(service.id())),
            Condition.equal("type", Value.of(VNIC)),
            Condition.equal("guest", Value.of(guest)),
            Condition.equal("mac", Value.of(mac)))
        .then(Operation.insert(Schema.TAP_FLOW, wish.id(), columns))
        .run(northbound);
  }

  private static boolean isSame(TapFlow known, Wish wish, MirrorView view) {
    boolean sameTap =
        known.service().toString().equals(wish.tap().toLowerCase(Locale.ROOT))
            || view.service(known.service())
                .filter(service -> service.name().equals(wish.tap()))
                .isPresent();
    if (!(known.source() instanceof Source.Vnic(String guest, String mac))) {
      return false;
    }
    List<Nic> nics = view.nicsOf(guest);
    // Nobody knows the name of a guest that is off.
    boolean sameGuest =
        guest.equals(wish.guest()) || view.guestName(guest).equals(wish.guest()) || nics.isEmpty();
    return known.name().equals(wish.name())
        && wish.type().equals(VNIC)
        && sameTap
        && sameGuest
        && known.direction().name().equals(wish.direction().toUpperCase(Locale.ROOT))
        && wish.mac().map(asked -> asked.equalsIgnoreCase(mac)).orElse(true);
  }

  private static Direction direction(String word) {
    for (Direction direction : Direction.values()) {
      if (direction.name().equals(word.toUpperCase(Locale.ROOT))) {
        return direction;
      }
    }
    throw new Refusal("'" + word + "' is no direction: give IN, OUT or BOTH");
  }

  private static Nic nic(Wish wish, String guest, MirrorView view) {
    List<Nic> all = view.nicsOf(guest);
    List<Nic> named =
        all.stream()
            .filter(nic -> wish.mac().map(mac -> mac.equalsIgnoreCase(nic.mac())).orElse(true))
            .filter(nic -> wish.ip().map(nic.ips()::contains).orElse(true))
            .toList();
    List<String> macs = all.stream().map(Nic::mac).distinct().sorted().toList();
    String has = "guest " + wish.guest() + " has " + String.join(", ", macs);
    if (named.isEmpty()) {
      String asked =
          wish.mac().map(mac -> "MAC " + mac).orElse("")
              + (wish.mac().isPresent() && wish.ip().isPresent() ? " and " : "")
              + wish.ip().map(ip -> "IP " + ip).orElse("");
      throw new Refusal("no NIC of guest " + wish.guest() + " has " + asked + ": " + has);
    }
    if (named.stream().map(Nic::mac).distinct().count() > 1) {
      throw new Refusal("several NICs could be meant: give --mac-addr; " + has);
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

  private static String unknown(String idOrName) {
    return "tap flow " + idOrName + " is unknown: see 'tapdeck tap-flow-list'";
  }

  /** Wants it from now on, or no longer; nothing if that is so already. */
  public void setEnabled(UUID id, boolean enabled) throws IOException, InterruptedException {
    new Request()
        .demand(unknown(id.toString()), Schema.TAP_FLOW, Condition.is(id))
        .then(TapServices.raise(Schema.TAP_FLOW, id, !enabled))
        .then(TapServices.set(Schema.TAP_FLOW, id, enabled))
        .run(northbound);
  }

  /** Deletes it. */
  public void delete(UUID id) throws IOException, InterruptedException {
    new Request()
        .demand(unknown(id.toString()), Schema.TAP_FLOW, Condition.is(id))
        .then(new Operation.Delete(Schema.TAP_FLOW, List.of(Condition.is(id))))
        .run(northbound);
  }

  /** The word for a kind of source, as {@link #create} takes it. */
  public static String type(Source source) {
    return switch (source) {
      case Source.Vnic ignored -> Schema.VNIC_TYPE;
      case Source.Vswitch ignored -> Schema.VSWITCH_TYPE;
    };
  }
}
