package io.tapdeck.web.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.web.mirror.FlowTrace;
import io.tapdeck.web.mirror.FlowTrace.Placed;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
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

  @Override
  public Integer call() throws Exception {
    return access.run(northbound -> {
      FlowTrace trace = FlowTrace.of(northbound.flows().find(idOrName), northbound, timeout);
      if (json) {
        printJson(trace);
      } else {
        print(trace.flow(), trace.hops(), trace.broken());
      }
      return trace.broken().isEmpty() ? ExitStatus.DONE : ExitStatus.INCOMPLETE;
    });
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

  private void printJson(FlowTrace trace) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    out.println(MAPPER.writeValueAsString(trace.fields()));
    out.flush();
  }
}
