package io.tapdeck.provisioner.plan;

import static io.tapdeck.provisioner.plan.BrtapFlow.port;

import io.tapdeck.provisioner.mirror.Direction;
import io.tapdeck.provisioner.mirror.Filter;
import io.tapdeck.provisioner.mirror.GroupIdentity.Tags;
import io.tapdeck.provisioner.plan.BrtapFlow.Count;
import io.tapdeck.provisioner.plan.BrtapFlow.Table;
import io.tapdeck.provisioner.plan.SourceGroup.Member;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The flows of {@code brtap} that a group's copies go through on the host where they are taken:
 * what an earlier group of the service has taken ends, then the filter, tags, counting and the
 * rate, and the way out.
 *
 * <p>Register 0 holds the key of the group that is asked, register 1 its verdict, register 2
 * whether the copy is one that its guests sent (1), received (2), or both.
 */
final class SourceFlows {
  /** Frames to these addresses are not forwarded by a bridge (IEEE 802.1Q, table 8-1). */
  private static final String NOT_FORWARDED = "01:80:c2:00:00:00/ff:ff:ff:ff:ff:f0";

  private static final String MULTICAST = "01:00:00:00:00:00/01:00:00:00:00:00";

  private static final String SET_SENT = "load:0x1->NXM_NX_REG2[0]";
  private static final String SET_RECEIVED = "load:0x1->NXM_NX_REG2[1]";

  private static final int FIRST_RULE = 1000;

  /** How a service's copies go on from here. */
  record Way(String outPort, Optional<Long> tunnelKey, Optional<Integer> longest, boolean tagFree) {
    /**
     * @param longest bytes of the longest frame that goes this way, if that is known
     * @param tagFree whether a VLAN tag does not count among them
     */
    Way {}

    private String output(Optional<Integer> length) {
      String key = tunnelKey.map(tunnel -> "set_field:" + hex(tunnel) + "->tun_id,").orElse("");
      return key
          + length
              .map(bytes -> "output(port=" + port(outPort) + ",max_len=" + bytes + ")")
              .orElse("output:" + port(outPort));
    }
  }

  private final List<BrtapFlow> flows = new ArrayList<>();
  private final List<PlannedMeter> meters = new ArrayList<>();

  List<BrtapFlow> flows() {
    return flows;
  }

  List<PlannedMeter> meters() {
    return meters;
  }

  private static String hex(long number) {
    return number == 0 ? "0" : "0x" + Long.toHexString(number);
  }

  private void add(Table table, int priority, String match, String... actions) {
    flows.add(BrtapFlow.of(table, priority, match, String.join(",", actions)));
  }

  private static String to(Table table) {
    return "goto_table:" + table.number();
  }

  private static String ask(Table table) {
    return "resubmit(," + table.number() + ")";
  }

  private static String asked(SourceGroup group) {
    return "reg0=" + hex(group.key());
  }

  private static String from(SourceGroup group) {
    return "in_port=" + port(group.tap());
  }

  private static String about(SourceGroup group) {
    return "set_field:" + hex(group.key()) + "->reg0,set_field:0->reg2";
  }

  /**
   * Adds a group.
   *
   * @param earlier the groups whose copies are left out of this one's
   * @param limiter the port after which the meter is named that limits the service, if one does
   */
  void add(SourceGroup group, List<SourceGroup> earlier, Way way, Optional<String> limiter) {
    Filter filter = group.identity().filter();
    if (earlier.isEmpty() && filter.isAll()) {
      add(Table.ENTRY, 100, from(group), to(Table.TAGS));
    } else {
      List<String> actions = new ArrayList<>();
      for (SourceGroup one : earlier) {
        actions.addAll(taken(one, group));
      }
      actions.add(to(Table.OWN));
      add(Table.ENTRY, 100, from(group), actions.toArray(String[]::new));
      if (!earlier.isEmpty()) {
        flows.add(
            BrtapFlow.of(Table.OWN, 110, "reg1=0x1," + from(group), "drop")
                .counting(Count.REPEATED, group.key()));
      }
      own(group, filter);
    }
    tags(group, filter.isAll() ? from(group) : "reg1=0x1," + from(group));
    output(group, way, limiter);
  }

  /** Asks whether an earlier group has taken a copy of a later one. */
  private List<String> taken(SourceGroup earlier, SourceGroup group) {
    if (!earlier.contains(group)) {
      return List.of(about(earlier), ask(Table.SENT), ask(Table.FILTER_SENT));
    }
    if (!earlier.identity().filter().asksDirection()) {
      return List.of(
          "set_field:" + hex(earlier.key()) + "->reg0",
          "set_field:0x3->reg2",
          ask(Table.FILTER_SENT));
    }
    // As it is asked for the earlier group's own copies.
    String about = asked(earlier);
    add(Table.FLOODED, 210, about + ",reg2=0," + from(group), SET_RECEIVED, ask(Table.FILTER_SENT));
    add(Table.FLOODED, 200, about + "," + from(group), ask(Table.FILTER_SENT));
    return List.of(about(earlier), ask(Table.SENT), ask(Table.FLOODED));
  }

  private void own(SourceGroup group, Filter filter) {
    if (filter.isAll()) {
      add(Table.OWN, 100, from(group), to(Table.TAGS));
    } else if (filter.asksDirection()) {
      add(Table.OWN, 100, from(group), about(group), ask(Table.SENT), to(Table.FLOODED));
      // Its Mirror has selected it, so a guest got it.
      add(
          Table.FLOODED,
          110,
          "reg2=0," + from(group),
          SET_RECEIVED,
          ask(Table.FILTER_SENT),
          to(Table.TAGS));
      add(Table.FLOODED, 100, from(group), ask(Table.FILTER_SENT), to(Table.TAGS));
    } else {
      add(
          Table.OWN,
          100,
          from(group),
          "set_field:" + hex(group.key()) + "->reg0",
          "set_field:0x3->reg2",
          ask(Table.FILTER_SENT),
          to(Table.TAGS));
    }
  }

  private void tags(SourceGroup group, String match) {
    if (group.identity().tags() == Tags.OUTER) {
      add(Table.TAGS, 110, match + ",vlan_tci=0x1000/0x1000", "pop_vlan", to(Table.COUNT));
    } else if (group.identity().tags() == Tags.ACCESS) {
      Set<Integer> tags = new TreeSet<>();
      group.members().forEach(member -> member.nic().accessTag().ifPresent(tags::add));
      for (int tag : tags) {
        add(Table.TAGS, 110, match + ",dl_vlan=" + tag, "pop_vlan", to(Table.COUNT));
      }
    }
    add(Table.TAGS, 100, match, to(Table.COUNT));
  }

  private void output(SourceGroup group, Way way, Optional<String> limiter) {
    String limit =
        limiter
            .map(tap -> "meter:" + BrtapFlow.meter(PlannedMeter.Use.LIMIT, tap) + ",")
            .orElse("");
    Optional<Integer> truncate = group.identity().truncate();
    Optional<Integer> longest =
        way.longest().filter(most -> truncate.isEmpty() || truncate.get() > most);
    if (longest.isEmpty()) {
      // The check has what was done to tags carried out, which would else come after the cut.
      String before = truncate.map(bytes -> larger(bytes) + ",").orElse("");
      count(group, 100, from(group), limit + before + way.output(truncate));
      return;
    }
    int most = longest.get();
    count(group, 100, from(group), limit + check(most));
    fit(group, way, "", 100, most);
    if (way.tagFree()) {
      String tagged = ",vlan_tci=0x1000/0x1000";
      count(group, 110, from(group) + tagged, limit + check(most + 4));
      fit(group, way, tagged, 120, most + 4);
    }
    meters.add(
        new PlannedMeter(
            PlannedMeter.Use.UNFIT, group.tap(), Optional.empty(), longest, group.key()));
  }

  private void fit(SourceGroup group, Way way, String tagged, int priority, int most) {
    String meter = "meter:" + BrtapFlow.meter(PlannedMeter.Use.UNFIT, group.tap());
    add(
        Table.OUTPUT,
        priority + 10,
        "reg3=0x1/0x1," + from(group) + tagged,
        group.identity().fit() ? meter + "," + way.output(Optional.of(most)) : meter);
    add(Table.OUTPUT, priority, from(group) + tagged, way.output(group.identity().truncate()));
  }

  private static String check(int most) {
    return larger(most) + "," + to(Table.OUTPUT);
  }

  private static String larger(int length) {
    return "check_pkt_larger(" + length + ")->NXM_NX_REG3[0]";
  }

  private void count(SourceGroup group, int priority, String match, String actions) {
    flows.add(
        BrtapFlow.of(Table.COUNT, priority, match, actions).counting(Count.MIRRORED, group.key()));
  }

  /** Adds how to tell what a group has taken, and what its filter says. */
  void judge(SourceGroup group, boolean byLaterGroups) {
    Filter filter = group.identity().filter();
    if (byLaterGroups || filter.asksDirection()) {
      if (group.isOfNics()) {
        selectNics(group);
      } else {
        selectSwitch(group);
      }
    }
    if (byLaterGroups || !filter.isAll()) {
      filter(group, filter);
    }
  }

  private void selectSwitch(SourceGroup group) {
    for (String vlans : VlanMatch.of(group.vlans())) {
      add(Table.SENT, 100, asked(group) + vlans, "set_field:0x3->reg2");
    }
  }

  private void selectNics(SourceGroup group) {
    for (Member member : group.members()) {
      for (String vlans : VlanMatch.of(member.nic().vlans())) {
        selectNic(member, asked(group) + vlans);
      }
    }
    List<Member> receivers =
        group.members().stream().filter(member -> member.direction().receives()).toList();
    add(Table.SENT, 10, asked(group), to(Table.RECEIVED));
    if (receivers.isEmpty()) {
      return;
    }
    add(Table.RECEIVED, 90, asked(group) + ",dl_dst=" + NOT_FORWARDED, "drop");
    List<Member> everywhere =
        receivers.stream().filter(member -> member.nic().vlans().isEmpty()).toList();
    receiveForMany(asked(group), 50, everywhere);
    // The VLANs in which the same ones receive what is for many.
    Map<Integer, Set<String>> byVlan = new TreeMap<>();
    Map<Set<String>, Set<Integer>> same = new LinkedHashMap<>();
    for (Member member : receivers) {
      for (int vlan : member.nic().vlans()) {
        byVlan.computeIfAbsent(vlan, any -> new TreeSet<>()).add(member.nic().port());
      }
    }
    byVlan.forEach((vlan, ports) -> same.computeIfAbsent(ports, any -> new TreeSet<>()).add(vlan));
    same.forEach((ports, vlans) -> {
      List<Member> there = new ArrayList<>(everywhere);
      receivers.stream().filter(one -> ports.contains(one.nic().port())).forEach(there::add);
      VlanMatch.of(vlans).forEach(match -> receiveForMany(asked(group) + match, 70, there));
    });
  }

  private void receiveForMany(String about, int priority, List<Member> receivers) {
    if (receivers.isEmpty()) {
      return;
    }
    add(Table.RECEIVED, priority, about + ",dl_dst=" + MULTICAST, SET_RECEIVED);
    if (receivers.size() == 1) {
      // What the only one sends to many, it does not receive.
      String mac = receivers.getFirst().nic().mac();
      add(Table.RECEIVED, priority + 10, about + ",dl_src=" + mac + ",dl_dst=" + MULTICAST, "drop");
    }
  }

  private void selectNic(Member member, String about) {
    String mac = member.nic().mac();
    if (member.direction().sends()) {
      add(Table.SENT, 100, about + ",dl_src=" + mac, SET_SENT, to(Table.RECEIVED));
    }
    if (member.direction().receives()) {
      add(Table.RECEIVED, 100, about + ",dl_dst=" + mac, SET_RECEIVED);
      // What it sends to itself, no bridge gives back.
      add(Table.RECEIVED, 110, about + ",dl_src=" + mac + ",dl_dst=" + mac, "drop");
    }
  }

  private void filter(SourceGroup group, Filter filter) {
    String accept = "set_field:0x1->reg1";
    add(Table.FILTER_SENT, FIRST_RULE + 1, "reg2=0", "drop");
    if (filter.isAll()) {
      add(Table.FILTER_SENT, 10, asked(group), accept);
    } else if (filter.asksDirection()) {
      String sent = asked(group) + ",reg2=0x1/0x1";
      String received = asked(group) + ",reg2=0x2/0x2";
      rules(Table.FILTER_SENT, filter, Direction.OUT, sent, accept, to(Table.FILTER_RECEIVED));
      add(Table.FILTER_SENT, 10, asked(group), to(Table.FILTER_RECEIVED));
      rules(Table.FILTER_RECEIVED, filter, Direction.IN, received, accept, "drop");
    } else {
      rules(Table.FILTER_SENT, filter, Direction.OUT, asked(group), accept, "drop");
    }
  }

  private void rules(
      Table table, Filter filter, Direction way, String match, String accept, String reject) {
    int priority = FIRST_RULE;
    for (var rule : filter.rules(way)) {
      for (String packets : RuleMatch.of(rule, match)) {
        add(table, priority, packets, rule.accept() ? accept : reject);
      }
      priority--;
    }
  }
}
