package io.tapdeck.provisioner.agent;

import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.plan.HostPlan;
import io.tapdeck.provisioner.plan.PlanCommands;
import io.tapdeck.provisioner.plan.Planner;
import io.tapdeck.provisioner.plan.SwitchDiff;
import io.tapdeck.provisioner.plan.SwitchView;
import io.tapdeck.provisioner.plan.TapNic;
import io.tapdeck.provisioner.process.Command;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How a host's plan differs from what is there on its switch, seen from that host, without changing
 * anything.
 *
 * @param commands what would make the switch as planned; none if it is
 * @param obstacles what no command of ours can change
 */
public record SwitchComparison(HostPlan plan, List<String> commands, List<String> obstacles) {
  public SwitchComparison {
    commands = List.copyOf(commands);
    obstacles = List.copyOf(obstacles);
  }

  /**
   * Compares.
   *
   * @param socket of the local {@code ovsdb-server}
   * @throws IOException if it cannot be asked
   */
  public static SwitchComparison of(Path socket, MirrorView view, Host host)
      throws IOException, InterruptedException {
    try (OpenVswitch ovs = OpenVswitch.open(socket, () -> {})) {
      SwitchView there = ovs.view();
      HostPlan plan = Planner.plan(view, host, Ports.foreignMirrors(there));
      List<String> obstacles = new ArrayList<>(PlanCommands.obstacles(plan, there));
      String type = Reconciler.wantedDatapathType(there);
      var brtap = there.bridge(HostPlan.BRTAP);
      List<String> commands = new ArrayList<>();
      if (brtap.isEmpty()) {
        commands.addAll(PlanCommands.fromNothing(plan, Optional.empty()));
        commands.set(0, PlanCommands.brtap(type));
        return new SwitchComparison(plan, commands, obstacles);
      }
      if (!SwitchView.isOurBridge(brtap.get())) {
        obstacles.addFirst("bridge brtap is there and not Tapdeck's: rename or remove it");
        return new SwitchComparison(plan, commands, obstacles);
      }
      if (!SwitchDiff.brtap(brtap.get(), type).isEmpty()) {
        commands.add("ovs-vsctl set Bridge brtap datapath_type=" + type + " fail_mode=secure");
      }
      Set<String> flows = ovs.flows();
      Set<String> meters = ovs.meters();
      Set<TapNic> nics = new HashSet<>();
      TapNics known = new TapNics();
      for (TapNic nic : plan.nics()) {
        if (known.isRight(nic)) {
          nics.add(nic);
        }
      }
      commands.addAll(
          PlanCommands.difference(
              new PlanCommands.There(there, flows, meters, nics, neighbours(plan, ovs)), plan));
      return new SwitchComparison(plan, commands, obstacles);
    }
  }

  /** The tunnel endpoints whose next hop is known; the kernel's datapath needs nobody's help. */
  private static Set<String> neighbours(HostPlan plan, OpenVswitch ovs)
      throws IOException, InterruptedException {
    Set<String> known = new HashSet<>();
    String table = plan.neighbours().isEmpty() ? "" : ovs.ask("tnl/neigh/show");
    for (String endpoint : plan.neighbours()) {
      Command.Output route = Command.of("ip", "-j", "route", "get", endpoint).run();
      if (!Reconciler.isUserSpace(ovs)
          || Neighbours.holds(table, Neighbours.nextHop(route.out(), endpoint))) {
        known.add(endpoint);
      }
    }
    return known;
  }
}
