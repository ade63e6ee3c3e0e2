package io.tapdeck.web.command;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
  @Mixin private MirrorAccess access;
  @Mixin private Presentation presentation;

  @Parameters(paramLabel = "ID_OR_NAME", description = "The tap flow.")
  private String idOrName;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      defaultValue = "5s",
      converter = Durations.class,
      description =
          "How long agents may take to answer; at most 30s with --url (default ${DEFAULT-VALUE}).")
  private Duration timeout;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  TapFlowVerify() {}

  @Override
  public Integer call() throws Exception {
    return access.run(mirrors -> {
      Map<String, Object> trace =
          mirrors.verify(mirrors.find(Mirrors.Kind.FLOW, idOrName), timeout);
      if (presentation.isJson()) {
        presentation.show(trace);
      } else {
        print(trace);
      }
      return trace.containsKey("firstFailed") ? ExitStatus.INCOMPLETE : ExitStatus.DONE;
    });
  }

  /** A hop, by its fields. */
  private record Shown(boolean ok, String host, String name, String detail) {
    static Shown of(Object fields) {
      Map<?, ?> hop = fields instanceof Map<?, ?> known ? known : Map.of();
      return new Shown(
          Boolean.TRUE.equals(hop.get("ok")),
          text(hop, "host"),
          text(hop, "hop"),
          text(hop, "detail"));
    }

    private static String text(Map<?, ?> hop, String field) {
      Object value = hop.get(field);
      return value == null ? "" : value.toString();
    }
  }

  private void print(Map<String, Object> trace) {
    PrintWriter out = spec.commandLine().getOut();
    List<Shown> hops =
        trace.get("hops") instanceof List<?> some
            ? some.stream().map(Shown::of).toList()
            : List.of();
    int hostWidth = hops.stream().mapToInt(one -> one.host().length()).max().orElse(0);
    int hopWidth = hops.stream().mapToInt(one -> one.name().length()).max().orElse(0);
    for (Shown one : hops) {
      String line =
          (one.ok() ? "ok      " : "FAILED  ")
              + pad(one.host(), hostWidth)
              + "  "
              + pad(one.name(), hopWidth)
              + "  "
              + one.detail();
      out.println(Presentation.plain(line));
    }
    Object failed = trace.get("firstFailed");
    out.println(
        Presentation.plain(
            "tap flow "
                + trace.get("name")
                + (failed == null
                    ? ": all " + hops.size() + " hops are right"
                    : failure(Shown.of(failed)))));
    out.flush();
  }

  private static String failure(Shown hop) {
    return " fails at "
        + (hop.host().isEmpty() ? "" : "host " + hop.host() + ", ")
        + hop.name()
        + ": "
        + hop.detail();
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(width - text.length());
  }
}
