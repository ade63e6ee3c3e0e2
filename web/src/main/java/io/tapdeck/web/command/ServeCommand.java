package io.tapdeck.web.command;

import io.tapdeck.capture.os.DirectoryLock;
import io.tapdeck.provisioner.northbound.NorthboundServer;
import io.tapdeck.provisioner.northbound.Refusal;
import io.tapdeck.provisioner.ovsdb.Endpoint;
import io.tapdeck.web.account.Accounts;
import io.tapdeck.web.api.AboutRoutes;
import io.tapdeck.web.api.Api;
import io.tapdeck.web.api.MonitoringRoutes;
import io.tapdeck.web.api.Parts;
import io.tapdeck.web.http.ListenAddress;
import io.tapdeck.web.http.WebServer;
import io.tapdeck.web.job.JobRefusal;
import io.tapdeck.web.job.RecordingView;
import io.tapdeck.web.job.Recordings;
import io.tapdeck.web.log.LogFormat;
import io.tapdeck.web.page.Page;
import io.tapdeck.web.privilege.Account;
import io.tapdeck.web.privilege.Privileges;
import io.tapdeck.web.privilege.SeparatedServer;
import io.tapdeck.web.starter.OwnStarter;
import io.tapdeck.web.starter.ProgramLine;
import io.tapdeck.web.starter.RemoteStarter;
import io.tapdeck.web.starter.Starter;
import io.tapdeck.web.tls.ServerIdentity;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.BindException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tapdeck serve}: puts the appliance together and runs it. */
@Command(
    name = "serve",
    description =
        "Serves the page and the API, and starts the northbound unless one is named, until it is"
            + " ended.")
final class ServeCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

  @Mixin private NorthboundAccess access;

  @Mixin private ServeApart apart;

  @Option(
      names = "--listen",
      paramLabel = "ADDRESS:PORT",
      defaultValue = "127.0.0.1:8080",
      description =
          "Address to listen at, like [::1]:8080; 0.0.0.0 is every one of this machine, and all but"
              + " loopback need TLS (default ${DEFAULT-VALUE}).")
  private String listen;

  @Option(
      names = "--recording",
      paramLabel = "FILE",
      description =
          "Starts the recording that this JSON file describes, unless there is one of its id: its"
              + " \"id\", and the fields of PUT /api/v1/recordings/{id} (default: none).")
  private @Nullable Path recordingFile;

  @Option(
      names = "--log-format",
      paramLabel = "text|json",
      defaultValue = "text",
      description =
          "What a line of the log on standard error is: text, or a JSON object (default"
              + " ${DEFAULT-VALUE}).")
  private LogFormat logFormat;

  @Mixin private Encryption encryption;
  @Mixin private UploadOptions uploads;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  ServeCommand() {}

  @Override
  public Integer call() throws Exception {
    logFormat.use();
    ListenAddress address = address();
    Path data = access.data().toAbsolutePath().normalize();
    encryption.check(address);
    ProgramLine program = ProgramLine.ofThisProcess(Tapdeck.class.getName());
    return switch (apart.choose(program, data)) {
      case ServeApart.Choice.Apart(Account account) -> start(account, program, address, data);
      case ServeApart.Choice.Served(Path orders) ->
          serve(address, data, new RemoteStarter(orders), Privileges.apart());
      case ServeApart.Choice.Whole(String advice) ->
          serve(address, data, new OwnStarter(program, data), Privileges.whole(advice));
    };
  }

  /** Has it served by another process, under that account, and starts what needs privileges. */
  private int start(Account account, ProgramLine program, ListenAddress address, Path data)
      throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    try (StopSignals signals = new StopSignals(asked::countDown);
        SeparatedServer server = separated(account, program, data)) {
      server.start(words(server, data), address.port());
      Thread.ofVirtual()
          .start(() -> {
            try {
              asked.await();
              server.stop();
            } catch (InterruptedException ended) {
              Thread.currentThread().interrupt();
            }
          });
      return signals.end(server.await());
    }
  }

  private static SeparatedServer separated(Account account, ProgramLine program, Path data)
      throws InterruptedException {
    try {
      return SeparatedServer.open(account, program, data);
    } catch (IOException unusable) {
      throw unusable(data, unusable);
    }
  }

  /** This command again, for that process. */
  private List<String> words(SeparatedServer server, Path data) throws InterruptedException {
    List<String> words = new ArrayList<>(List.of("serve", "--listen=" + listen, "--data=" + data));
    access.named().ifPresent(northbound -> words.add("--northbound=" + northbound));
    words.add("--log-format=" + logFormat.name().toLowerCase(Locale.ROOT));
    words.addAll(uploads.words());
    try {
      if (recordingFile != null) {
        words.add("--recording=" + server.lend(recordingFile));
      }
      words.addAll(encryption.words(server::lend));
    } catch (IOException unreadable) {
      throw new RefusedException("cannot read " + unreadable.getMessage(), unreadable);
    }
    return words;
  }

  private int serve(ListenAddress address, Path data, Starter starter, Privileges privileges)
      throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    try (StopSignals signals = new StopSignals(asked::countDown)) {
      Optional<Endpoint> named = access.named();
      Optional<FirstRecording> first = Optional.ofNullable(recordingFile).map(FirstRecording::read);
      Set<String> names = encryption.names();
      try (WebServer server = bind(address);
          DirectoryLock _ = lock(data)) {
        server.setNames(names);
        Optional<ServerIdentity> identity = encryption.identity(address, data, names);
        identity.map(ServerIdentity::context).ifPresent(server::encrypt);
        try (Accounts accounts = accounts(data)) {
          Endpoint northbound = named.isPresent() ? named.get() : startNorthbound(data);
          try (Works works = works(data, northbound, starter)) {
            tell("Tapdeck is at " + server.url());
            warnOf(privileges);
            identity.filter(_ -> encryption.isSelfSigned()).ifPresent(this::tellFingerprint);
            accounts.prepareSetup();
            AboutRoutes about = about(server, data, northbound, works.parts(), privileges);
            serve(server, about, accounts, works.parts());
            first.ifPresent(recording -> start(recording, works.parts().recordings()));
            asked.await();
            // Before what its routes use is closed.
            server.stop();
          }
        }
      }
      return signals.end(ExitStatus.DONE);
    }
  }

  private void warnOf(Privileges privileges) {
    if (!privileges.advice().isEmpty() && !apart.isNamed()) {
      LOG.warn("all of it runs with root's privileges: {}", privileges.advice());
    }
  }

  private void tellFingerprint(ServerIdentity identity) {
    tell("Nobody vouches for its certificate, whose SHA-256 is " + identity.fingerprint());
  }

  private static AboutRoutes about(
      WebServer server, Path data, Endpoint northbound, Parts parts, Privileges privileges) {
    return new AboutRoutes(
        Tapdeck.Version.number(),
        Instant.now(),
        data,
        northbound.toString(),
        () -> parts.northbound().now().isPresent(),
        server.settings(),
        parts.imports().limits(),
        privileges);
  }

  private static void serve(WebServer server, AboutRoutes about, Accounts accounts, Parts parts)
      throws IOException {
    server.serve(
        Api.routes(accounts, about, parts),
        Stream.concat(
                Page.load().routes().stream(), new MonitoringRoutes(about, parts).routes().stream())
            .toList(),
        accounts.callers(),
        accounts.audit());
  }

  private ListenAddress address() {
    try {
      return ListenAddress.parse(listen);
    } catch (IllegalArgumentException unusable) {
      throw new RefusedException("--listen: " + unusable.getMessage(), unusable);
    }
  }

  /** Makes the data directory, if it is not there, and takes it for this process alone. */
  private static DirectoryLock lock(Path data) {
    try {
      var _ =
          Files.createDirectories(
              data,
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      return DirectoryLock.tryLock(data)
          .orElseThrow(() ->
              new RefusedException(
                  "another 'tapdeck serve' uses data directory "
                      + data
                      + ": end it first, or give another --data"));
    } catch (IOException unusable) {
      throw unusable(data, unusable);
    }
  }

  private static RefusedException unusable(Path data, IOException unusable) {
    String reason =
        switch (unusable) {
          case AccessDeniedException ignored -> "permission denied";
          case FileAlreadyExistsException ignored -> "it is no directory";
          default -> String.valueOf(unusable.getMessage());
        };
    return new RefusedException(
        "cannot use data directory " + data + ": " + reason + ": give --data", unusable);
  }

  private static WebServer bind(ListenAddress address) {
    try {
      return WebServer.bind(address);
    } catch (BindException taken) {
      throw new RefusedException(
          "cannot listen at "
              + address
              + ": "
              + taken.getMessage()
              + ": another program may be there; give --listen with another port",
          taken);
    } catch (IOException unusable) {
      throw new RefusedException(
          "cannot listen at " + address + ": " + unusable.getMessage(), unusable);
    }
  }

  private Accounts accounts(Path data) {
    try {
      return Accounts.open(
          data.resolve("accounts.db"),
          InstantSource.system(),
          code -> tell("To make the first user, type this code into the page: " + code));
    } catch (IOException unusable) {
      throw new RefusedException(String.valueOf(unusable.getMessage()), unusable);
    }
  }

  private Works works(Path data, Endpoint northbound, Starter starter) {
    try {
      return Works.open(data, northbound, starter, uploads.limits());
    } catch (IOException unusable) {
      throw new RefusedException(
          "cannot use data directory " + data + ": " + unusable.getMessage(), unusable);
    }
  }

  private void start(FirstRecording first, Recordings recordings) {
    try {
      RecordingView view = first.start(recordings);
      tell("Recording '" + view.request().name() + "' is " + view.state().word());
    } catch (IOException | JobRefusal failed) {
      tell("The recording of " + recordingFile + " was not started: " + failed.getMessage());
    } catch (InterruptedException ending) {
      Thread.currentThread().interrupt();
    }
  }

  private static Endpoint startNorthbound(Path data) throws InterruptedException {
    try {
      return new NorthboundServer(data).start();
    } catch (Refusal refusal) {
      throw new RefusedException(String.valueOf(refusal.getMessage()), refusal);
    } catch (IOException failed) {
      throw new RefusedException("the northbound does not start: " + failed.getMessage(), failed);
    }
  }

  private void tell(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }
}
