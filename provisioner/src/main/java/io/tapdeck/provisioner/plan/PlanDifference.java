package io.tapdeck.provisioner.plan;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What a host would get and lose from one plan to another, each part in a few words.
 *
 * @param added parts that are in the second plan alone
 * @param changed parts that are in both and another in the second, as they are there
 * @param removed parts that are in the first plan alone
 */
public record PlanDifference(
    Map<Kind, List<String>> added,
    Map<Kind, List<String>> changed,
    Map<Kind, List<String>> removed) {
  /** What a part is. */
  public enum Kind {
    /** Where copies are delivered to. */
    NIC,
    /** A port of a bridge, other than a tunnel's. */
    PORT,
    /** A GRE port to another host. */
    TUNNEL,
    MIRROR,
    /** What limits or counts copies on {@code brtap}. */
    METER,
    /** A flow of {@code brtap}. */
    FLOW
  }

  /** What a part is, and what tells it from the others of its kind. */
  private record Name(Kind kind, String word) implements Comparable<Name> {
    @Override
    public int compareTo(Name other) {
      int byKind = kind.compareTo(other.kind);
      return byKind == 0 ? word.compareTo(other.word) : byKind;
    }
  }

  /** Compares two plans of a host. */
  public static PlanDifference of(HostPlan before, HostPlan after) {
    Map<Name, String> old = words(before);
    Map<Name, String> fresh = words(after);
    Map<Kind, List<String>> added = new EnumMap<>(Kind.class);
    Map<Kind, List<String>> changed = new EnumMap<>(Kind.class);
    Map<Kind, List<String>> removed = new EnumMap<>(Kind.class);
    fresh.forEach((name, words) -> {
      String known = old.get(name);
      if (known == null) {
        put(added, name, words);
      } else if (!known.equals(words)) {
        put(changed, name, words);
      }
    });
    old.forEach((name, words) -> {
      if (!fresh.containsKey(name)) {
        put(removed, name, words);
      }
    });
    return new PlanDifference(added, changed, removed);
  }

  private static void put(Map<Kind, List<String>> parts, Name name, String words) {
    parts
        .computeIfAbsent(name.kind(), any -> new ArrayList<>())
        .add(words.isEmpty() ? name.word() : name.word() + ": " + words);
  }

  /** Whether the plans are the same. */
  public boolean isNone() {
    return added.isEmpty() && changed.isEmpty() && removed.isEmpty();
  }

  private static Map<Name, String> words(HostPlan plan) {
    Map<Name, String> words = new TreeMap<>();
    plan.nics()
        .forEach(nic ->
            words.put(
                new Name(Kind.NIC, nic.name() + nic.netns().map(netns -> "@" + netns).orElse("")),
                switch (nic.kind()) {
                  case INTERNAL -> "made on the host";
                  case VETH -> "made in the guest";
                  case PHYSICAL -> "lent by the host";
                }));
    plan.ports()
        .forEach(port ->
            words.put(
                new Name(
                    port.kind() instanceof PortKind.Gre ? Kind.TUNNEL : Kind.PORT, port.name()),
                "on " + port.bridge() + ", " + words(port.kind())));
    plan.mirrors()
        .forEach(mirror -> words.put(new Name(Kind.MIRROR, mirror.name()), words(mirror)));
    plan.meters()
        .forEach(meter ->
            words.put(
                new Name(
                    Kind.METER,
                    (meter.rate().isPresent() ? "limit" : "count") + " of " + meter.port()),
                meter
                    .rate()
                    .map(rate -> rate + " kbit/s")
                    .orElse("copies too long for their way")));
    plan.flows()
        .forEach(flow -> words.put(new Name(Kind.FLOW, flow.matchText()), flow.actionsText()));
    return words;
  }

  private static String words(PortKind kind) {
    return switch (kind) {
      case PortKind.Patch(String peer) -> "patch to " + peer;
      case PortKind.Gre(String remote, String local) -> "GRE from " + local + " to " + remote;
      case PortKind.Internal _ -> "made by Open vSwitch";
      case PortKind.Device _ -> "a device that is there";
    };
  }

  private static String words(PlannedMirror mirror) {
    List<String> copied = new ArrayList<>();
    if (mirror.all()) {
      copied.add("everything");
    }
    if (!mirror.received().isEmpty()) {
      copied.add("what comes from " + String.join(", ", new TreeSet<>(mirror.received())));
    }
    if (!mirror.sent().isEmpty()) {
      copied.add("what goes to " + String.join(", ", new TreeSet<>(mirror.sent())));
    }
    String vlans =
        mirror.vlans().isEmpty()
            ? ""
            : " of VLAN "
                + new TreeSet<>(mirror.vlans())
                    .stream().map(String::valueOf).collect(Collectors.joining(", "));
    return "on "
        + mirror.bridge()
        + ", "
        + String.join(" and ", copied)
        + vlans
        + " to "
        + mirror.output();
  }
}
