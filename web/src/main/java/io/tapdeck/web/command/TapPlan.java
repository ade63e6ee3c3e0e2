package io.tapdeck.web.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapdeck.provisioner.agent.SwitchComparison;
import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.Nic;
import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.provisioner.mirror.TapGroup;
import io.tapdeck.provisioner.mirror.TapService;
import io.tapdeck.provisioner.mirror.Wire;
import io.tapdeck.provisioner.northbound.Northbound;
import io.tapdeck.provisioner.northbound.Refusal;
import io.tapdeck.provisioner.plan.Forecast;
import io.tapdeck.provisioner.plan.HostPlan;
import io.tapdeck.provisioner.plan.PlanCommands;
import io.tapdeck.provisioner.plan.Planner;
import io.tapdeck.provisioner.plan.ShellWord;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tapdeck tap-plan}. */
@Command(
    name = "tap-plan",
    description = {
      "Shows what makes each host as planned, as commands that a person could type; and what may"
          + " arrive twice. Nothing is changed.",
      "Without --enable, --disable and --delete: from nothing. With them: only what they would"
          + " change."
    })
final class TapPlan implements Callable<Integer> {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @Mixin private NorthboundAccess access;

  @Option(names = "--host", paramLabel = "ID_OR_NAME", description = "Only this host.")
  private @Nullable String host;

  @Option(
      names = "--enable",
      paramLabel = "ID_OR_NAME",
      description = "If this tap service or flow were enabled (can be repeated).")
  private List<String> enable = List.of();

  @Option(
      names = "--disable",
      paramLabel = "ID_OR_NAME",
      description = "If this tap service or flow were disabled (can be repeated).")
  private List<String> disable = List.of();

  @Option(
      names = "--delete",
      paramLabel = "ID_OR_NAME",
      description = "If this tap service or flow were deleted (can be repeated).")
  private List<String> delete = List.of();

  @Option(
      names = "--ovs",
      paramLabel = "unix:PATH",
      description =
          "Compare with what is there on the Open vSwitch of this socket, in its run directory; it"
              + " is --host's, and runs on this machine.")
  private @Nullable String ovs;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  TapPlan() {}

  @Override
  public Integer call() throws Exception {
    if (ovs != null && host == null) {
      throw new RefusedException("--ovs is one host's switch: say whose with --host");
    }
    if (ovs != null && !ovs.startsWith("unix:")) {
      throw new RefusedException("--ovs needs a local Open vSwitch: give unix:PATH");
    }
    return access.run(northbound -> {
      show(northbound);
      return ExitStatus.DONE;
    });
  }

  /** What is to be said of one host. */
  private record Section(
      String host, List<String> commands, List<String> obstacles, List<String> repetitions) {}

  private void show(Northbound northbound) throws IOException, InterruptedException {
    MirrorView view = northbound.view();
    long nextKey = northbound.nextKey().orElse(1L);
    Forecast.Wish wish =
        new Forecast.Wish(ids(enable, view), ids(disable, view), ids(delete, view));
    refuseContradictions(wish, view);
    MirrorView before = Forecast.settled(view, nextKey);
    MirrorView after = Forecast.settled(Forecast.with(wish, before), freeKey(nextKey, before));
    boolean fromNothing = enable.isEmpty() && disable.isEmpty() && delete.isEmpty();
    List<Section> sections = new ArrayList<>();
    for (Host one : hosts(view)) {
      sections.add(ovs == null ? section(one, before, after, fromNothing) : compared(one, after));
    }
    List<String> copies = Forecast.severalPlaces(after);
    List<String> remarks = remarks(after);
    if (json) {
      printJson(sections, copies);
    } else {
      print(sections, copies, remarks);
    }
  }

  /** The next key after those that a forecast has given. */
  private static long freeKey(long nextKey, MirrorView view) {
    return view.groups().stream().mapToLong(group -> group.key() + 1).reduce(nextKey, Math::max);
  }

  private Set<UUID> ids(List<String> asked, MirrorView view) {
    Set<UUID> ids = new HashSet<>();
    for (String one : asked) {
      List<UUID> meant =
          Stream.concat(
                  view.services().stream()
                      .filter(tap -> is(one, tap.id(), tap.name()))
                      .map(TapService::id),
                  view.flows().stream()
                      .filter(flow -> is(one, flow.id(), flow.name()))
                      .map(TapFlow::id))
              .toList();
      switch (meant.size()) {
        case 0 ->
            throw new Refusal(
                one
                    + " is no tap service and no tap flow: see 'tapdeck tap-service-list' and"
                    + " 'tapdeck tap-flow-list'");
        case 1 -> ids.addAll(meant);
        default ->
            throw new Refusal(
                "a tap service and a tap flow are named " + one + ": give the id of the one");
      }
    }
    return ids;
  }

  private static boolean is(String asked, UUID id, String name) {
    return name.equals(asked) || id.toString().equalsIgnoreCase(asked);
  }

  private static void refuseContradictions(Forecast.Wish wish, MirrorView view) {
    for (UUID id : wish.enable()) {
      if (wish.disable().contains(id) || wish.delete().contains(id)) {
        throw new Refusal(id + " cannot be enabled and disabled or deleted: give one of them");
      }
    }
    for (TapFlow flow : view.flows()) {
      if (wish.delete().contains(flow.service()) && !wish.delete().contains(flow.id())) {
        String tap = view.service(flow.service()).map(TapService::name).orElse("");
        throw new Refusal(
            "tap service "
                + tap
                + " still has tap flow "
                + flow.name()
                + ": give --delete for that too");
      }
    }
  }

  private List<Host> hosts(MirrorView view) {
    List<Host> hosts =
        view.hosts().stream()
            .filter(one -> host == null || is(host, one.id(), one.name()))
            .sorted(Comparator.comparing(Host::name))
            .toList();
    if (hosts.isEmpty() && host != null) {
      throw new Refusal(
          "host " + host + " is unknown: start its agent, or see 'tapdeck host-list'");
    }
    return hosts;
  }

  private static Section section(
      Host host, MirrorView before, MirrorView after, boolean fromNothing) {
    HostPlan plan = Planner.plan(after, host, Map.of());
    return new Section(
        host.name(),
        fromNothing
            ? PlanCommands.fromNothing(plan, anyBridge(after, host))
            : PlanCommands.difference(Planner.plan(before, host, Map.of()), plan),
        List.of(),
        Forecast.repetitions(plan, after));
  }

  private static Optional<String> anyBridge(MirrorView view, Host host) {
    return Stream.concat(
            view.nics().stream().filter(nic -> nic.host().equals(host.name())).map(Nic::bridge),
            view.inventory().wires().stream()
                .filter(wire -> wire.host().equals(host.name()))
                .map(Wire::bridge))
        .min(Comparator.naturalOrder());
  }

  private Section compared(Host host, MirrorView after) throws InterruptedException {
    Path socket = Path.of(String.valueOf(ovs).substring(5));
    try {
      SwitchComparison found = SwitchComparison.of(socket, after, host);
      List<String> commands = new ArrayList<>(found.commands());
      Path run = socket.toAbsolutePath().getParent();
      if (!commands.isEmpty() && run != null) {
        commands.addFirst("export OVS_RUNDIR=" + ShellWord.of(run.toString()));
      }
      return new Section(
          host.name(), commands, found.obstacles(), Forecast.repetitions(found.plan(), after));
    } catch (IOException absent) {
      throw new RefusedException(
          "the Open vSwitch at " + ovs + " cannot be asked: " + absent.getMessage(), absent);
    }
  }

  private List<String> remarks(MirrorView after) {
    List<String> remarks = new ArrayList<>();
    if (after.groups().stream().anyMatch(Forecast::isNew)) {
      remarks.add(
          "keys from "
              + after.groups().stream()
                  .filter(Forecast::isNew)
                  .mapToLong(TapGroup::key)
                  .min()
                  .orElse(0)
              + " up are as they would be given now; the ids of those groups are made up");
    }
    if (ovs == null) {
      remarks.add(
          "ports and meters are numbered as on a new brtap; before pasting on a host that has one,"
              + " see what --host and --ovs print there");
    }
    return remarks;
  }

  private void print(List<Section> sections, List<String> copies, List<String> remarks) {
    PrintWriter out = spec.commandLine().getOut();
    remarks.forEach(remark -> comment(out, remark));
    for (Section section : sections) {
      boolean nothing = section.commands().isEmpty() && section.obstacles().isEmpty();
      comment(out, "host " + section.host() + (nothing ? ": nothing to do" : ""));
      section.obstacles().forEach(obstacle -> comment(out, obstacle));
      section.repetitions().forEach(one -> comment(out, "may arrive twice: " + one));
      section.commands().forEach(out::println);
    }
    copies.forEach(one -> comment(out, "may arrive twice: " + one));
    out.flush();
  }

  private static void comment(PrintWriter out, String text) {
    out.println("# " + ShellWord.comment(text));
  }

  private void printJson(List<Section> sections, List<String> copies) throws IOException {
    List<Map<String, Object>> hosts = new ArrayList<>();
    for (Section section : sections) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("host", section.host());
      fields.put("commands", section.commands());
      fields.put("obstacles", section.obstacles());
      fields.put("mayArriveTwice", section.repetitions());
      hosts.add(fields);
    }
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("hosts", hosts);
    all.put("mayArriveTwice", copies);
    PrintWriter out = spec.commandLine().getOut();
    out.println(MAPPER.writeValueAsString(all));
    out.flush();
  }
}
