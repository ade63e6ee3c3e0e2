package io.tapdeck.web.privilege;

import io.tapdeck.web.starter.ProgramLine;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An appliance in two processes: this one, which root started and which takes orders, and the one
 * that serves, under an account without privileges. If this one ends, however that happens, the
 * kernel ends the other; recorders and players go on.
 */
public final class SeparatedServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SeparatedServer.class);

  private static final Path LOWEST_PORT = Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start");
  private static final long LONGEST_FILE = 1 << 20;

  private final Account account;
  private final Path data;

  /** Whether it was made for this. */
  private final boolean isNew;

  private final Launch launch;
  private final Path directory;
  private final OrderServer orders;
  private @Nullable Process server;
  private boolean isStopped;

  private SeparatedServer(
      Account account,
      Path data,
      boolean isNew,
      Launch launch,
      Path directory,
      OrderServer orders) {
    this.account = account;
    this.data = data;
    this.isNew = isNew;
    this.launch = launch;
    this.directory = directory;
    this.orders = orders;
  }

  /**
   * Looks whether the account could serve.
   *
   * @param data the data directory, absolute; need not be there
   * @return what is in the way, and what to do about it; empty if nothing is
   */
  public static Optional<String> obstacle(Account account, ProgramLine program, Path data)
      throws IOException, InterruptedException {
    Launch launch = new Launch(program, account);
    if (!launch.can(List.of("true"))) {
      return Optional.of(
          "setpriv (of util-linux) cannot give up privileges here: the lines above say why");
    }
    List<String> words = program.words();
    if (!launch.can(List.of("test", "-x", words.getFirst()))) {
      return Optional.of(unreachable(account, words.getFirst()));
    }
    Optional<String> unreadable = Optional.empty();
    for (String part : classPath(words)) {
      if (unreadable.isEmpty() && !launch.can(List.of("test", "-r", part))) {
        unreadable = Optional.of(unreachable(account, part));
      }
    }
    Optional<Path> roots = RootsJobs.underWay(data);
    if (roots.isPresent()) {
      return Optional.of(
          roots.get()
              + " is being written by a process of root's: start this again once that has ended");
    }
    Path existing = data;
    while (existing.getParent() != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    // The directory itself is handed over; the way to it is not.
    Path way = existing.equals(data) ? existing.toRealPath().getParent() : existing;
    if (unreadable.isEmpty() && way != null && !launch.can(List.of("test", "-x", way.toString()))) {
      return Optional.of(unreachable(account, data.toString()));
    }
    return unreadable;
  }

  private static String unreachable(Account account, String file) {
    return "user "
        + account.name()
        + " cannot reach "
        + file
        + ": let others pass the directories above it (chmod o+x), or put it elsewhere";
  }

  private static List<String> classPath(List<String> words) {
    int at = Math.max(words.indexOf("-jar"), words.indexOf("-cp"));
    return at < 0
        ? List.of()
        : Stream.of(words.get(at + 1).split(File.pathSeparator, -1))
            .filter(part -> !part.isEmpty() && Files.exists(Path.of(part)))
            .toList();
  }

  /**
   * Hands the data directory over to the account, and takes orders from now on.
   *
   * @param data the data directory, absolute
   * @throws IOException if it cannot be handed over, or nobody could be heard
   */
  public static SeparatedServer open(Account account, ProgramLine program, Path data)
      throws IOException, InterruptedException {
    boolean isNew = !Files.exists(data);
    DataOwnership.handOver(data, account);
    Launch launch = new Launch(program, account);
    launch.shareLibraries();
    Path directory = RunDirectory.make();
    try {
      OrderServer orders =
          OrderServer.open(socket(directory), account, new PrivilegedWork(launch, data));
      return new SeparatedServer(account, data, isNew, launch, directory, orders);
    } catch (IOException failed) {
      RunDirectory.delete(directory);
      throw failed;
    }
  }

  private static Path socket(Path directory) {
    return directory.resolve("orders.sock");
  }

  /** Where orders are taken. */
  public Path orders() {
    return socket(directory);
  }

  /**
   * A file that root named, where the account can read it: itself, or else a copy that is there as
   * long as this is.
   *
   * @throws IOException if it cannot be read, or is larger than keys and settings are
   */
  public Path lend(Path file) throws IOException, InterruptedException {
    Path absolute = file.toAbsolutePath();
    if (launch.can(List.of("test", "-r", absolute.toString()))) {
      return absolute;
    }
    if (!Files.exists(absolute)) {
      // Who serves says so.
      return absolute;
    }
    if (Files.size(absolute) > LONGEST_FILE) {
      throw new IOException(file + " is too large to be what it is given for");
    }
    Path copy = Files.createTempFile(directory, "", "-" + absolute.getFileName());
    var _ = Files.copy(absolute, copy, StandardCopyOption.REPLACE_EXISTING);
    var _ = Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("r--------"));
    var _ = Files.setOwner(copy, account.principal());
    return copy;
  }

  /**
   * Starts the process that serves. The calling thread is to stay: that process ends with it.
   *
   * @param command without the words that start this program
   * @param port it will listen at; one that not everybody may listen at is allowed
   */
  public synchronized void start(List<String> command, int port) throws IOException {
    if (isStopped) {
      return;
    }
    List<String> words = new ArrayList<>(command);
    words.add("--orders=" + orders());
    Set<Capability> capabilities =
        port != 0 && port < lowestPort() ? Set.of(Capability.NET_BIND_SERVICE) : Set.of();
    Process started = launch.server(capabilities, words);
    server = started;
    LOG.debug(
        "user {} serves {} in process {}; this one, {}, starts what needs privileges",
        account.name(),
        data,
        started.pid(),
        ProcessHandle.current().pid());
  }

  private static int lowestPort() throws IOException {
    return Integer.parseInt(Files.readString(LOWEST_PORT).strip());
  }

  private synchronized @Nullable Process server() {
    return server;
  }

  /** Waits for the end of the process that serves, and gives its status. */
  public int await() throws InterruptedException {
    Process started = server();
    return started == null ? 0 : started.waitFor();
  }

  /** Asks the process that serves to come to its end; if it was not started, it never will be. */
  public synchronized void stop() {
    isStopped = true;
    if (server != null) {
      server.destroy();
    }
  }

  /** Takes no more orders. */
  @Override
  public void close() {
    orders.close();
    try {
      RunDirectory.delete(directory);
      if (isNew) {
        // Nothing is in it if who was to serve refused.
        Files.deleteIfExists(data);
      }
    } catch (DirectoryNotEmptyException used) {
      LOG.trace("{} is in use", data);
    } catch (IOException left) {
      LOG.warn("{} is left: {}", directory, left.toString());
    }
  }
}
