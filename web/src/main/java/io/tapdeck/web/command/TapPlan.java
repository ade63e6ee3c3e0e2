package io.tapdeck.web.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapdeck.provisioner.agent.SwitchComparison;
import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.plan.Forecast;
import io.tapdeck.provisioner.plan.ShellWord;
import io.tapdeck.web.mirror.MirrorPlan;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
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

  @Mixin private MirrorAccess access;

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
    MirrorPlan.Asked asked =
        new MirrorPlan.Asked(Optional.ofNullable(host), enable, disable, delete);
    if (ovs == null) {
      return access.run(mirrors -> show(mirrors.plan(asked)));
    }
    Path socket = Path.of(ovs.substring(5));
    return access
        .here("--ovs")
        .run(northbound ->
            show(
                MirrorPlan.compared(
                    asked, northbound, (one, after) -> compared(socket, one, after))));
  }

  private static MirrorPlan.OfHost compared(Path socket, Host host, MirrorView after)
      throws InterruptedException {
    try {
      SwitchComparison found = SwitchComparison.of(socket, after, host);
      List<String> commands = new ArrayList<>(found.commands());
      Path run = socket.toAbsolutePath().getParent();
      if (!commands.isEmpty() && run != null) {
        commands.addFirst("export OVS_RUNDIR=" + ShellWord.of(run.toString()));
      }
      return new MirrorPlan.OfHost(
          host.name(), commands, found.obstacles(), Forecast.repetitions(found.plan(), after));
    } catch (IOException absent) {
      throw new RefusedException(
          "the Open vSwitch at unix:" + socket + " cannot be asked: " + absent.getMessage(),
          absent);
    }
  }

  private int show(MirrorPlan plan) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(MAPPER.writeValueAsString(plan));
    } else {
      print(plan, out);
    }
    out.flush();
    return ExitStatus.DONE;
  }

  private static void print(MirrorPlan plan, PrintWriter out) {
    plan.remarks().forEach(remark -> comment(out, remark));
    for (MirrorPlan.OfHost one : plan.hosts()) {
      boolean nothing = one.commands().isEmpty() && one.obstacles().isEmpty();
      comment(out, "host " + one.host() + (nothing ? ": nothing to do" : ""));
      one.obstacles().forEach(obstacle -> comment(out, obstacle));
      one.mayArriveTwice().forEach(frames -> comment(out, "may arrive twice: " + frames));
      one.commands().forEach(command -> out.println(Presentation.script(command)));
    }
    plan.mayArriveTwice().forEach(frames -> comment(out, "may arrive twice: " + frames));
  }

  private static void comment(PrintWriter out, String text) {
    out.println("# " + ShellWord.comment(text));
  }
}
