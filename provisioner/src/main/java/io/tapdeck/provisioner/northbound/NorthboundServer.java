package io.tapdeck.provisioner.northbound;

import io.tapdeck.provisioner.ovsdb.ControlSocket;
import io.tapdeck.provisioner.ovsdb.Endpoint;
import io.tapdeck.provisioner.ovsdb.OvsdbSession;
import io.tapdeck.provisioner.process.Command;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The ovsdb-server(1) of a data directory. It is a daemon: it outlives who started it, and is there
 * for the next.
 *
 * @param data the data directory, absolute
 */
public record NorthboundServer(Path data) {
  private static final Duration ANSWER = Duration.ofSeconds(2);

  /** A socket's path has at most so many bytes (unix(7)). */
  private static final int LONGEST_PATH = 107;

  public NorthboundServer {
    data = data.toAbsolutePath().normalize();
  }

  /** Where it listens. */
  public Endpoint endpoint() {
    return new Endpoint.Unix(file("sock"));
  }

  private Path file(String extension) {
    return data.resolve("northbound." + extension);
  }

  /**
   * Starts it, unless it runs already, and waits until it answers. A database of an earlier version
   * is converted; a running server then ends its sessions, and who wants to go on opens another.
   *
   * @throws Refusal if the data directory cannot be used
   * @throws IOException if it does not start; the message is the server's
   */
  public Endpoint start() throws IOException, InterruptedException {
    int excess = length(file("sock")) - LONGEST_PATH;
    if (excess > 0) {
      throw new Refusal(
          "the path of the data directory has %d bytes, and %d at most leave room for the"
                  .formatted(length(data), length(data) - excess)
              + " northbound's socket in it: give a shorter --data, or a symbolic link to it");
    }
    // Whoever else starts it at this moment waits here, and then finds it running.
    try (FileChannel lockFile = lockFile()) {
      var _ = lockFile.lock();
      if (!answers()) {
        Optional<ProcessHandle> silent = process();
        if (silent.isPresent()) {
          throw new Refusal(
              "the northbound server runs (process "
                  + silent.get().pid()
                  + ") but does not answer: stop it first");
        }
        Files.deleteIfExists(file("sock"));
        prepareDatabase();
        var _ = daemon().demand();
        if (!answers()) {
          throw new IOException("the northbound server does not answer at " + endpoint());
        }
      } else {
        bringUpToDate();
      }
    }
    return endpoint();
  }

  private static int length(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8).length;
  }

  private FileChannel lockFile() {
    try {
      Files.createDirectories(data);
      return FileChannel.open(file("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException unusable) {
      String reason =
          switch (unusable) {
            case AccessDeniedException ignored -> "permission denied";
            case FileAlreadyExistsException ignored -> "it is no directory";
            default -> String.valueOf(unusable.getMessage());
          };
      throw new Refusal(
          "cannot use data directory " + data + ": " + reason + ": give --data", unusable);
    }
  }

  private Command daemon() {
    return Command.of(
            "ovsdb-server",
            "--detach",
            "--no-chdir",
            "--pidfile=" + file("pid"),
            "--log-file=" + file("log"),
            "--unixctl=" + file("ctl"),
            "--remote=punix:" + file("sock"),
            "-vconsole:off",
            file("db").toString())
        .with("OVS_RUNDIR", data.toString());
  }

  /** Converts the database of a server that an earlier version started, while it runs. */
  private void bringUpToDate() throws IOException, InterruptedException {
    try (OvsdbSession session = OvsdbSession.open(endpoint(), ANSWER)) {
      if (session.has(Schema.DATABASE, Schema.COLUMNS)
          && session.has(Schema.DATABASE, Schema.COUNT_COLUMNS)) {
        return;
      }
    }
    var _ =
        Command.of("ovsdb-client", "convert", endpoint().toString(), writeSchema().toString())
            .demand();
  }

  private boolean answers() throws InterruptedException {
    try (OvsdbSession session = OvsdbSession.open(endpoint(), ANSWER)) {
      return session.databases().contains(Schema.DATABASE);
    } catch (IOException absent) {
      return false;
    }
  }

  private Path writeSchema() throws IOException {
    Path schema = file("ovsschema");
    try (InputStream resource = NorthboundServer.class.getResourceAsStream("tapdeck.ovsschema")) {
      if (resource == null) {
        throw new IOException("the schema tapdeck.ovsschema is missing from this build");
      }
      Files.copy(resource, schema, StandardCopyOption.REPLACE_EXISTING);
    }
    return schema;
  }

  private void prepareDatabase() throws IOException, InterruptedException {
    Path schema = writeSchema();
    String database = file("db").toString();
    if (!Files.exists(file("db"))) {
      var _ = Command.of("ovsdb-tool", "create", database, schema.toString()).demand();
    } else if (Command.of("ovsdb-tool", "needs-conversion", database, schema.toString())
            .demand()
            .strip()
            .equals("yes")
        && !isLater(database, schema)) {
      var _ = Command.of("ovsdb-tool", "convert", database, schema.toString()).demand();
    }
  }

  /** Whether a database is of a later version than ours: what that has added is not to be lost. */
  private static boolean isLater(String database, Path schema)
      throws IOException, InterruptedException {
    ModuleDescriptor.Version there = version("db-version", database);
    return there.compareTo(version("schema-version", schema.toString())) > 0;
  }

  private static ModuleDescriptor.Version version(String question, String file)
      throws IOException, InterruptedException {
    return ModuleDescriptor.Version.parse(
        Command.of("ovsdb-tool", question, file).demand().strip());
  }

  /**
   * Stops it and waits until it has ended; nothing if it does not run.
   *
   * @throws IOException if it goes on
   */
  public void stop() throws IOException, InterruptedException {
    Optional<ProcessHandle> process = process();
    if (process.isEmpty()) {
      return;
    }
    try (OvsdbSession session = OvsdbSession.open(endpoint(), ANSWER)) {
      askToEnd();
      var _ = session.ended().get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
      awaitRemoval(file("pid"));
    } catch (ExecutionException | TimeoutException lasting) {
      throw goesOn(process.get(), lasting);
    }
  }

  private void askToEnd() throws InterruptedException {
    try {
      var _ = new ControlSocket(file("ctl"), ANSWER).ask("exit");
    } catch (IOException unanswered) {
      // It may end before its answer is out; whether it ends is seen next.
    }
  }

  /** The server removes its pid file last. */
  private static void awaitRemoval(Path file) throws InterruptedException, TimeoutException {
    long deadline = System.nanoTime() + ANSWER.toNanos();
    while (Files.exists(file)) {
      if (System.nanoTime() - deadline > 0) {
        throw new TimeoutException(file + " is still there");
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private static IOException goesOn(ProcessHandle process, Exception cause) {
    return new IOException("the northbound server, process " + process.pid() + ", goes on", cause);
  }

  /** The server's process, if it runs. Its pid file alone may be another's by now. */
  private Optional<ProcessHandle> process() throws IOException {
    if (!Files.exists(file("pid"))) {
      return Optional.empty();
    }
    String pid = Files.readString(file("pid")).strip();
    if (!pid.matches("[0-9]{1,18}")) {
      // A machine that went down while it was written.
      return Optional.empty();
    }
    return ProcessHandle.of(Long.parseLong(pid))
        .filter(ProcessHandle::isAlive)
        .filter(process ->
            process
                .info()
                .arguments()
                .map(arguments -> List.of(arguments).contains(file("db").toString()))
                .orElse(false));
  }
}
