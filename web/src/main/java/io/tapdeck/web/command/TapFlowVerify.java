package io.tapdeck.web.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapdeck.provisioner.mirror.Hop;
import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.SourcePlace;
import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.provisioner.mirror.TapService;
import io.tapdeck.provisioner.northbound.Northbound;
import io.tapdeck.provisioner.northbound.Refusal;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tapdeck tap-flow-verify}. */
@Command(
    name = "tap-flow-verify",
    description = {
      "Traces a mirror source's copies through the live switches, hop by hop, and names the first"
          + " hop that fails. No frame is sent.",
      "Exit status: 0 every hop is right, 1 one is not, 2 refused."
    })
final class TapFlowVerify implements Callable<Integer> {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @Mixin private NorthboundAccess access;

  @Parameters(paramLabel = "ID_OR_NAME", description = "The tap flow.")
  private String idOrName;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      defaultValue = "5s",
      converter = Durations.class,
      description = "How long agents may take to answer (default ${DEFAULT-VALUE}).")
  private Duration timeout;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  TapFlowVerify() {}

  /** A hop, and where it is; nowhere if it is no host's. */
  private record Placed(String host, Hop hop) {}

  @Override
  public Integer call() throws Exception {
    return access.run(northbound -> {
      TapFlow flow = northbound.flows().find(idOrName);
      List<Placed> hops = hops(flow, northbound);
      Optional<Placed> broken = hops.stream().filter(one -> !one.hop().ok()).findFirst();
      if (json) {
        printJson(flow, hops, broken);
      } else {
        print(flow, hops, broken);
      }
      return broken.isEmpty() ? ExitStatus.DONE : ExitStatus.INCOMPLETE;
    });
  }

  private List<Placed> hops(TapFlow flow, Northbound northbound)
      throws IOException, InterruptedException {
    MirrorView view = northbound.view();
    TapService service =
        view.service(flow.service())
            .orElseThrow(() -> new Refusal("tap flow " + flow.name() + " has no tap service"));
    if (!view.isOn(flow)) {
      throw new Refusal(
          "tap flow "
              + flow.name()
              + (flow.enabled() ? " has ended" : " is disabled")
              + ": there is nothing to verify; see 'tapdeck tap-flow-enable'");
    }
    if (!service.enabled()) {
      throw new Refusal(
          "tap service "
              + service.name()
              + " is disabled: enable it first, with 'tapdeck tap-service-enable'");
    }
    Set<String> hosts = new LinkedHashSet<>();
    view.sources(flow).stream().map(SourcePlace::host).forEach(hosts::add);
    if (hosts.isEmpty()) {
      return List.of(new Placed("", Hop.failed("source", "it is on no host now")));
    }
    Optional<Host> destination = view.destination(service);
    if (destination.isEmpty()) {
      return List.of(new Placed("", Hop.failed("destination", "it is on no host now")));
    }
    hosts.add(destination.get().name());
    Map<String, List<Hop>> answers = northbound.flowChecks().ask(flow.id(), hosts, timeout);
    List<Placed> placed = new ArrayList<>();
    for (String host : hosts) {
      List<Hop> found = answers.get(host);
      if (found == null) {
        String away = "host " + host + "'s agent does not answer";
        placed.add(new Placed(host, Hop.failed("agent", away)));
      } else {
        found.forEach(hop -> placed.add(new Placed(host, hop)));
      }
    }
    return placed;
  }

  private void print(TapFlow flow, List<Placed> hops, Optional<Placed> broken) {
    PrintWriter out = spec.commandLine().getOut();
    int hostWidth = hops.stream().mapToInt(one -> one.host().length()).max().orElse(0);
    int hopWidth = hops.stream().mapToInt(one -> one.hop().name().length()).max().orElse(0);
    for (Placed one : hops) {
      String line =
          (one.hop().ok() ? "ok      " : "FAILED  ")
              + pad(one.host(), hostWidth)
              + "  "
              + pad(one.hop().name(), hopWidth)
              + "  "
              + one.hop().detail();
      out.println(Presentation.plain(line));
    }
    out.println(
        Presentation.plain(
            broken
                .map(one ->
                    "tap flow "
                        + flow.name()
                        + " fails at "
                        + (one.host().isEmpty() ? "" : "host " + one.host() + ", ")
                        + one.hop().name()
                        + ": "
                        + one.hop().detail())
                .orElseGet(
                    () -> "tap flow " + flow.name() + ": all " + hops.size() + " hops are right")));
    out.flush();
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(width - text.length());
  }

  private void printJson(TapFlow flow, List<Placed> hops, Optional<Placed> broken)
      throws IOException {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", flow.id());
    fields.put("name", flow.name());
    fields.put("ok", broken.isEmpty());
    fields.put("hops", hops.stream().map(TapFlowVerify::fields).toList());
    broken.ifPresent(one -> fields.put("firstFailed", fields(one)));
    PrintWriter out = spec.commandLine().getOut();
    out.println(MAPPER.writeValueAsString(fields));
    out.flush();
  }

  private static Map<String, Object> fields(Placed one) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("host", one.host());
    fields.put("hop", one.hop().name());
    fields.put("ok", one.hop().ok());
    fields.put("detail", one.hop().detail());
    return fields;
  }
}
