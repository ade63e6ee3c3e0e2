package io.tapdeck.provisioner.agent;

import io.tapdeck.provisioner.ovsdb.ControlSocket;
import io.tapdeck.provisioner.ovsdb.Endpoint;
import io.tapdeck.provisioner.ovsdb.Mutation;
import io.tapdeck.provisioner.ovsdb.Operation;
import io.tapdeck.provisioner.ovsdb.OperationResult;
import io.tapdeck.provisioner.ovsdb.OvsdbSession;
import io.tapdeck.provisioner.ovsdb.Replica;
import io.tapdeck.provisioner.ovsdb.Row;
import io.tapdeck.provisioner.plan.HostPlan;
import io.tapdeck.provisioner.plan.SwitchView;
import io.tapdeck.provisioner.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The local Open vSwitch: its database, its daemon's control socket, and {@code brtap}'s flows. */
final class OpenVswitch implements AutoCloseable {
  private static final String DATABASE = "Open_vSwitch";
  private static final Duration CONNECT = Duration.ofSeconds(2);

  /** How long ovs-vswitchd may take to carry a configuration out. */
  private static final Duration CARRY_OUT = Duration.ofSeconds(5);

  /** As meter statistics are printed: the meter, then each of its bands on a line. */
  private static final Pattern METER_COUNTER =
      Pattern.compile("^meter:(\\d+) .*packet_in_count:(\\d+)");

  private static final Pattern BAND_COUNTER = Pattern.compile("^\\d+: packet_count:(\\d+)");

  private final Path directory;
  private final OvsdbSession session;
  private final Runnable changed;
  private final BrtapWatch watch;
  private SwitchView view = new SwitchView(new Replica(Map.of()));

  private OpenVswitch(Path directory, OvsdbSession session, Runnable changed) {
    this.directory = directory;
    this.session = session;
    this.changed = changed;
    watch = new BrtapWatch(management(), changed);
  }

  /**
   * Connects and reads the database; {@code changed} is called after each change and at the end.
   */
  static OpenVswitch open(Path socket, Runnable changed) throws IOException, InterruptedException {
    OvsdbSession session = OvsdbSession.open(new Endpoint.Unix(socket), CONNECT);
    try {
      Path directory = socket.toAbsolutePath().getParent();
      OpenVswitch opened =
          new OpenVswitch(directory == null ? Path.of("/") : directory, session, changed);
      session.monitor(DATABASE, SwitchView.COLUMNS, opened::changed);
      var _ = session.ended().thenRun(opened::ended);
      return opened;
    } catch (IOException | InterruptedException | RuntimeException failed) {
      session.close();
      throw failed;
    }
  }

  private void changed(Replica replica) {
    SwitchView seen = new SwitchView(replica);
    synchronized (this) {
      view = seen;
      notifyAll();
    }
    changed.run();
  }

  private void ended() {
    watch.close();
    synchronized (this) {
      notifyAll();
    }
    changed.run();
  }

  boolean isOpen() {
    return !session.ended().isDone();
  }

  /** Makes this agent the only one of this switch; false if there is another. */
  boolean claim(Duration timeout) throws IOException, InterruptedException {
    return session.lock("tapdeck_agent", timeout);
  }

  synchronized SwitchView view() {
    return view;
  }

  /**
   * Changes the configuration and waits until ovs-vswitchd has carried it out.
   *
   * @throws IOException if it was refused, or not carried out in time
   */
  void configure(List<Operation> changes) throws IOException, InterruptedException {
    List<Operation> operations = new ArrayList<>(changes);
    operations.add(new Operation.Mutate(DATABASE, List.of(), List.of(Mutation.add("next_cfg", 1))));
    operations.add(new Operation.Select(DATABASE, List.of(), List.of("next_cfg")));
    List<OperationResult> results = session.transact(DATABASE, operations);
    long asked =
        results.getLast().rows().stream()
            .findFirst()
            .map(columns -> new Row(new java.util.UUID(0, 0), columns).whole("next_cfg"))
            .orElse(0L);
    awaitCarriedOut(asked);
  }

  /**
   * Waits until ovs-vswitchd has carried out all that was asked of it, also by others, or by an
   * agent that ended before it was.
   *
   * @throws IOException if that takes too long
   */
  void awaitCarriedOut() throws IOException, InterruptedException {
    awaitCarriedOut(view().askedFor());
  }

  private synchronized void awaitCarriedOut(long asked) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + CARRY_OUT.toNanos();
    while (view.carriedOut() < asked) {
      long left = deadline - System.nanoTime();
      if (left <= 0 || !isOpen()) {
        throw new IOException("Open vSwitch has not carried out the configuration");
      }
      wait(left / 1_000_000 + 1);
    }
  }

  /**
   * Waits until packets are no longer forwarded by decisions that were made before the last change:
   * the datapath keeps them until ovs-vswitchd has looked at each again, half a second at most.
   */
  void awaitRevalidation() throws IOException, InterruptedException {
    var _ = ask("revalidator/wait");
  }

  /** Asks ovs-vswitchd. */
  String ask(String command, String... arguments) throws IOException, InterruptedException {
    Path pidFile = directory.resolve("ovs-vswitchd.pid");
    if (!Files.exists(pidFile)) {
      throw new IOException("ovs-vswitchd does not run: " + pidFile + " is missing");
    }
    String pid = Files.readString(pidFile).strip();
    return new ControlSocket(directory.resolve("ovs-vswitchd." + pid + ".ctl"), CONNECT)
        .ask(command, arguments);
  }

  /** The flows of {@code brtap}, without the ones that Open vSwitch has for itself. */
  Set<String> flows() throws IOException, InterruptedException {
    // Before they are read: what changes afterwards is heard of.
    watch.ensure();
    Set<String> flows = new HashSet<>();
    for (String line : ask("bridge/dump-flows", HostPlan.BRTAP).split("\n", -1)) {
      int match = line.indexOf("priority=");
      if (match >= 0 && !line.startsWith("table_id=254")) {
        flows.add("table=" + table(line) + "," + line.substring(match).strip());
      }
    }
    return flows;
  }

  /**
   * Which run of ovs-vswitchd this is, whose counters begin at zero: the process, and when it came
   * to be.
   */
  String run() throws IOException {
    Path pidFile = directory.resolve("ovs-vswitchd.pid");
    try {
      return Files.readString(pidFile).strip()
          + " of "
          + Files.getLastModifiedTime(pidFile).toMillis();
    } catch (NoSuchFileException ended) {
      throw new IOException("ovs-vswitchd does not run: " + pidFile + " is missing", ended);
    }
  }

  /** By what they match, how many packets each of the flows of {@code brtap} has had. */
  Map<String, Long> flowCounters() throws IOException, InterruptedException {
    String key = "n_packets=";
    Map<String, Long> counters = new HashMap<>();
    for (String line : ask("bridge/dump-flows", HostPlan.BRTAP).split("\n", -1)) {
      int count = line.indexOf(key);
      int match = line.indexOf("priority=");
      int actions = line.indexOf(",actions=");
      if (count >= 0 && match > count && actions > match) {
        counters.put(
            "table=" + table(line) + "," + line.substring(match, actions),
            Long.parseLong(line.substring(count + key.length(), line.indexOf(',', count))));
      }
    }
    return counters;
  }

  /**
   * How many packets came to each meter of {@code brtap}, as {@code meter=NUMBER}, and how many of
   * them its band has dropped, as {@code band=NUMBER}.
   */
  Map<String, Long> meterCounters() throws IOException, InterruptedException {
    Map<String, Long> counters = new HashMap<>();
    String number = "";
    for (String line : ofctl("meter-stats").demand().split("\n", -1)) {
      Matcher meter = METER_COUNTER.matcher(line);
      Matcher band = BAND_COUNTER.matcher(line);
      if (meter.find()) {
        number = meter.group(1);
        counters.put("meter=" + number, Long.parseLong(meter.group(2)));
      } else if (band.find()) {
        counters.merge("band=" + number, Long.parseLong(band.group(1)), Long::sum);
      }
    }
    return counters;
  }

  /** What it prints of a flow begins with its table, unless that is the first one. */
  private static String table(String line) {
    String key = "table_id=";
    return line.startsWith(key) ? line.substring(key.length(), line.indexOf(',')) : "0";
  }

  /** The meters of {@code brtap}. */
  Set<String> meters() throws IOException {
    return BrtapMeters.read(management(), CONNECT);
  }

  /** Makes a meter, or makes one of its number like it. */
  void setMeter(String meter, boolean isNew) throws IOException, InterruptedException {
    var _ = ofctl(isNew ? "add-meter" : "mod-meter", meter).demand();
  }

  /** Removes a meter; flows that use it go with it. */
  void removeMeter(String number) throws IOException, InterruptedException {
    var _ = ofctl("del-meters", number).demand();
  }

  /**
   * Makes these the flows of {@code brtap}, all at once; what stays the same keeps its counters.
   */
  void replaceFlows(Set<String> flows) throws IOException, InterruptedException {
    if (flows.stream().anyMatch(flow -> flow.contains("tp_"))) {
      // First fragments have ports; of itself Open vSwitch tells flows that no fragment has any.
      var _ = ofctl("set-frags", "nx-match").demand();
    }
    var _ =
        ofctl("--no-names", "--bundle", "replace-flows", "-")
            .withInput(String.join("\n", flows) + "\n")
            .demand();
  }

  /** A command of ovs-ofctl(8) on {@code brtap}: options, then the command and what follows. */
  private Command ofctl(String... words) {
    String bridge = "unix:" + management();
    List<String> all = new ArrayList<>(List.of("ovs-ofctl", "--protocols=OpenFlow14"));
    for (String word : words) {
      all.add(word);
      if (all.size() > 2 && !word.startsWith("--") && !all.contains(bridge)) {
        all.add(bridge);
      }
    }
    return Command.of(all.toArray(String[]::new)).with("OVS_RUNDIR", directory.toString());
  }

  private Path management() {
    return directory.resolve(HostPlan.BRTAP + ".mgmt");
  }

  @Override
  public void close() {
    watch.close();
    session.close();
  }
}
