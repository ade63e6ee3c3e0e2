package io.tapdeck.provisioner.northbound;

import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.Nic;
import io.tapdeck.provisioner.mirror.Wire;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What people call things: an id or a name. */
public final class Names {
  private static final int LONGEST = 128;

  private Names() {}

  /**
   * @throws Refusal if a thing cannot be called so
   */
  static void check(String name) {
    if (name.isBlank() || name.getBytes(StandardCharsets.UTF_8).length > LONGEST) {
      throw new Refusal("a name has 1 to " + LONGEST + " bytes of UTF-8: choose another")
          .about("name");
    }
    if (name.chars().anyMatch(Character::isISOControl)) {
      throw new Refusal("the name holds a control character: choose another").about("name");
    }
    if (uuid(name).isPresent()) {
      throw new Refusal("the name " + name + " reads like an id: choose another").about("name");
    }
  }

  /** The UUID that a text is, if it is one. */
  public static Optional<UUID> uuid(String text) {
    return text.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
        ? Optional.of(UUID.fromString(text))
        : Optional.empty();
  }

  /**
   * The name of the host that is meant.
   *
   * @param option what says so
   * @throws Refusal if there is none
   */
  static String host(String idOrName, String option, MirrorView view) {
    return view.hosts().stream()
        .filter(host -> host.name().equals(idOrName) || host.id().toString().equals(idOrName))
        .map(Host::name)
        .findFirst()
        .orElseThrow(() -> new Refusal(unknownHost(idOrName)).about(option));
  }

  /** Whether it means the host of that name. */
  static boolean isHost(String idOrName, String name, MirrorView view) {
    return idOrName.equals(name)
        || view.host(name).filter(host -> host.id().toString().equals(idOrName)).isPresent();
  }

  static String unknownHost(String name) {
    return "host " + name + " is unknown: start its agent, or see 'tapdeck host-list'";
  }

  /**
   * The id of the guest that is meant.
   *
   * @throws Refusal if there is none, or several of that name
   */
  public static String guest(String idOrName, MirrorView view) {
    return guest(idOrName, "guest-id", view);
  }

  static String guest(String idOrName, String option, MirrorView view) {
    if (!view.nicsOf(idOrName).isEmpty()) {
      return idOrName;
    }
    List<String> ids =
        view.nics().stream()
            .filter(nic -> nic.guestName().equals(idOrName))
            .map(Nic::guest)
            .distinct()
            .sorted()
            .toList();
    return switch (ids.size()) {
      case 0 -> throw new Refusal(unknownGuest(idOrName)).about(option);
      case 1 -> ids.getFirst();
      default ->
          throw new Refusal(
                  ids.size()
                      + " guests are named "
                      + idOrName
                      + ": give one's id, of "
                      + String.join(", ", ids))
              .about(option);
    };
  }

  static String unknownWire(String host, String wire, MirrorView view) {
    List<String> wires =
        view.inventory().wires().stream()
            .filter(known -> known.host().equals(host))
            .map(Wire::name)
            .sorted()
            .toList();
    return "host "
        + host
        + " has no wire "
        + wire
        + (wires.isEmpty() ? "" : ", but " + String.join(", ", wires))
        + ": see 'tapdeck wire-list'";
  }

  static String unknownNic(String host, String mac, MirrorView view) {
    List<String> free =
        view.inventory().hostNics().stream()
            .filter(nic -> nic.host().equals(host) && nic.isFree())
            .map(nic -> nic.name() + " (" + nic.mac() + ")")
            .sorted()
            .toList();
    return "host "
        + host
        + " has no physical NIC "
        + mac
        + ": "
        + (free.isEmpty()
            ? "none of its NICs is free; leave out --mac-addr to record on the host"
            : "give the MAC address of a free one, of " + String.join(", ", free));
  }

  static String unknownGuest(String name) {
    return "guest " + name + " is unknown: start it, or see 'tapdeck guest-list'";
  }
}
