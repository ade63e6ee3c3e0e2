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
import io.tapdeck.web.job.ProgramLine;
import io.tapdeck.web.job.RecordingWork;
import io.tapdeck.web.job.Recordings;
import io.tapdeck.web.job.Replays;
import io.tapdeck.web.mirror.GuestMirrors;
import io.tapdeck.web.mirror.NorthboundLink;
import io.tapdeck.web.page.Page;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A whole server with accounts of its own, at a free port, with a clock that tests set. */
final class Appliance implements AutoCloseable {
  static final String PASSWORD = "correct horse";

  final SettableClock clock = new SettableClock();
  final List<String> codes = new CopyOnWriteArrayList<>();
  final List<Route> routes;
  final List<Route> page;
  final RawHttp http;
  final Accounts accounts;
  private final Parts parts;
  private final WebServer server;
  private final Map<Role, Session> sessions = new EnumMap<>(Role.class);

  Appliance(Path data) throws IOException {
    this(data, new Endpoint.Unix(data.resolve("absent.sock")));
  }

  Appliance(Path data, Endpoint northbound) throws IOException {
    accounts = Accounts.open(data.resolve("accounts.db"), clock, codes::add);
    accounts.prepareSetup();
    AboutRoutes about = new AboutRoutes("1.2.3", Instant.EPOCH, data, "unix:/n.sock", () -> true);
    parts = parts(data, northbound);
    routes = Api.routes(accounts, about, parts);
    page = Page.load().routes();
    server = WebServer.bind(ListenAddress.parse("127.0.0.1:0"));
    server.serve(routes, page, accounts.sessions(), accounts.audit());
    http = new RawHttp(URI.create(server.url()));
  }

  /** Nothing recorded yet. */
  private static Parts parts(Path data, Endpoint northbound) throws IOException {
    Changes changes = new Changes();
    NorthboundLink link = NorthboundLink.keep(northbound, changes::tell);
    ProgramLine program = new ProgramLine(List.of("false"));
    GuestMirrors mirrors = new GuestMirrors(link, host -> false, service -> Optional.empty());
    RecordingWork work = new RecordingWork(program, mirrors, (id, directory) -> {}, changes);
    Recordings recordings = Recordings.open(data, work);
    Replays replays = Replays.open(data, recordings, program, changes);
    return new Parts(recordings, replays, Catalog.open(data), link, "", changes);
  }

  /** Makes the users viewer, operator and admin, each of the role of that name. */
  void addUsers() throws InterruptedException {
    for (Role role : List.of(Role.ADMIN, Role.OPERATOR, Role.VIEWER)) {
      var _ = accounts.users().put(role.word(), role, Optional.of(PASSWORD));
    }
  }

  /** A session of that role's user, the same as long as it goes on. */
  Session session(Role role) throws InterruptedException {
    Session known = sessions.get(role);
    if (known != null && accounts.sessions().peek(known.token()).isPresent()) {
      return known;
    }
    Session fresh = accounts.signIn(role.word(), PASSWORD);
    var _ = sessions.put(role, fresh);
    return fresh;
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
