package io.tapdeck.web.api;

import io.tapdeck.capture.catalog.Catalog;
import io.tapdeck.provisioner.ovsdb.Endpoint;
import io.tapdeck.web.account.Accounts;
import io.tapdeck.web.account.Session;
import io.tapdeck.web.account.SettableClock;
import io.tapdeck.web.http.ListenAddress;
import io.tapdeck.web.http.RawHttp;
import io.tapdeck.web.http.Role;
import io.tapdeck.web.http.Route;
import io.tapdeck.web.http.WebServer;
import io.tapdeck.web.job.Changes;
import io.tapdeck.web.job.RecordingImports;
import io.tapdeck.web.job.RecordingWork;
import io.tapdeck.web.job.Recordings;
import io.tapdeck.web.job.Replays;
import io.tapdeck.web.mirror.GuestMirrors;
import io.tapdeck.web.mirror.NorthboundLink;
import io.tapdeck.web.page.Page;
import io.tapdeck.web.privilege.Privileges;
import io.tapdeck.web.schedule.RecordingSchedules;
import io.tapdeck.web.starter.OwnStarter;
import io.tapdeck.web.starter.ProgramLine;
import io.tapdeck.web.starter.Starter;
import io.tapdeck.web.template.RecordingTemplates;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** A whole server with accounts of its own, at a free port, with a clock that tests set. */
public final class Appliance implements AutoCloseable {
  static final String PASSWORD = "correct horse";

  /** Whether the northbound is said to answer. */
  volatile boolean isConnected = true;

  final SettableClock clock = new SettableClock();
  final List<String> codes = new CopyOnWriteArrayList<>();
  final List<Route> routes;
  final List<Route> page;
  final RawHttp http;
  final Accounts accounts;
  private final Parts parts;
  private final WebServer server;
  private final Map<Role, Session> sessions = new EnumMap<>(Role.class);

  /** Routes that are not the API's, with their whole paths. */
  final List<Route> monitoring;

  /** One whose recorders and players never start. */
  private static final ProgramLine NONE = new ProgramLine(List.of("false"));

  Appliance(Path data) throws IOException {
    this(data, NONE);
  }

  Appliance(Path data, ProgramLine program) throws IOException {
    this(data, new Endpoint.Unix(data.resolve("absent.sock")), program);
  }

  /** One whose mirrors are those of a northbound. */
  public Appliance(Path data, Endpoint northbound) throws IOException {
    this(data, northbound, NONE);
  }

  Appliance(Path data, RecordingImports.Limits uploads) throws IOException {
    this(data, new Endpoint.Unix(data.resolve("absent.sock")), NONE, uploads);
  }

  private Appliance(Path data, Endpoint northbound, ProgramLine program) throws IOException {
    this(data, northbound, program, RecordingImports.Limits.USUAL);
  }

  private Appliance(
      Path data, Endpoint northbound, ProgramLine program, RecordingImports.Limits uploads)
      throws IOException {
    accounts = Accounts.open(data.resolve("accounts.db"), clock, codes::add);
    accounts.prepareSetup();
    server = WebServer.bind(ListenAddress.parse("127.0.0.1:0"));
    AboutRoutes about =
        new AboutRoutes(
            "1.2.3",
            Instant.EPOCH,
            data,
            "unix:/n.sock",
            () -> isConnected,
            server.settings(),
            uploads,
            Privileges.whole("make an account"));
    parts = parts(data, northbound, program, uploads);
    routes = Api.routes(accounts, about, parts);
    page = Page.load().routes();
    monitoring = new MonitoringRoutes(about, parts).routes();
    server.serve(
        routes,
        Stream.concat(page.stream(), monitoring.stream()).toList(),
        accounts.callers(),
        accounts.audit());
    http = new RawHttp(URI.create(server.url()));
  }

  /** Nothing recorded yet. */
  private static Parts parts(
      Path data, Endpoint northbound, ProgramLine program, RecordingImports.Limits uploads)
      throws IOException {
    Changes changes = new Changes();
    NorthboundLink link = NorthboundLink.keep(northbound, changes::tell);
    GuestMirrors mirrors = new GuestMirrors(link, host -> false, service -> Optional.empty());
    Starter starter = new OwnStarter(program, data);
    RecordingWork work = new RecordingWork(starter, mirrors, (id, directory) -> {}, changes);
    Recordings recordings = Recordings.open(data, work);
    Replays replays = Replays.open(data, recordings, starter, changes);
    RecordingTemplates templates = RecordingTemplates.open(data);
    RecordingSchedules schedules =
        RecordingSchedules.open(data, recordings, templates, changes, InstantSource.system());
    return new Parts(
        recordings,
        new RecordingImports(recordings, uploads),
        replays,
        templates,
        schedules,
        Catalog.open(data),
        link,
        starter,
        "",
        changes);
  }

  /** Makes the user who has the role's name, and its role, unless there is one. */
  private void ensure(Role role) throws InterruptedException {
    if (accounts.known(role.word()).isEmpty()) {
      var _ = accounts.users().put(role.word(), role, Optional.of(PASSWORD));
    }
  }

  /** A session of that role's user, the same as long as it goes on. */
  Session session(Role role) throws InterruptedException {
    Session known = sessions.get(role);
    if (known != null && accounts.sessions().peek(known.token()).isPresent()) {
      return known;
    }
    ensure(role);
    Session fresh = accounts.signIn(role.word(), PASSWORD, "::1");
    var _ = sessions.put(role, fresh);
    return fresh;
  }

  /** The secret of an API token of that role's user, with that scope; not the same each time. */
  public String apiToken(Role role, Role scope) throws InterruptedException {
    ensure(role);
    return accounts
        .apiTokens()
        .make(UUID.randomUUID(), role.word(), "test", scope, Optional.empty())
        .secret();
  }

  /** Its address, which is on this machine. */
  public String url() {
    return server.url();
  }

  @Override
  public void close() throws IOException {
    server.close();
    parts.replays().close();
    parts.recordings().close();
    parts.northbound().close();
    parts.catalog().close();
    accounts.close();
  }
}
