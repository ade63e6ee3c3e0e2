package io.tapdeck.web.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapdeck.web.control.ControlClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A recorder or player at work, which this process started, or an earlier one did. It is in a
 * session of its own, holds nothing of ours but files, and so goes on without us.
 */
final class JobProcess {
  private static final Logger LOG = LoggerFactory.getLogger(JobProcess.class);

  /** How often a process is looked at whose socket does not answer. */
  private static final Duration LOOK = Duration.ofMillis(50);

  /** A program that answers says at once how far it is. */
  private static final Duration FIRST_WORD = Duration.ofSeconds(2);

  private final ProcessHandle handle;
  private final @Nullable Process child;
  private final Path socket;
  private @Nullable ControlClient client;
  private @Nullable ObjectNode first;
  private boolean isToStop;

  private JobProcess(ProcessHandle handle, @Nullable Process child, Path socket) {
    this.handle = handle;
    this.child = child;
    this.socket = socket;
  }

  /**
   * How it ended.
   *
   * @param status its exit status, if it was our child
   * @param report what it said last, if it ended in order
   */
  record End(OptionalInt status, Optional<ObjectNode> report) {}

  /**
   * Starts it.
   *
   * @param line program and arguments; no shell sees them
   * @param files where its output goes and its socket will be
   */
  static JobProcess start(List<String> line, JobFiles files) throws IOException {
    List<String> detached = new ArrayList<>(List.of("setsid"));
    detached.addAll(line);
    Process process =
        new ProcessBuilder(detached)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(files.out().toFile())
            .redirectError(files.err().toFile())
            .start();
    return new JobProcess(process.toHandle(), process, files.socket());
  }

  /** The one that answers at this socket, if any does. */
  static Optional<JobProcess> adopt(Path socket) throws InterruptedException {
    if (!Files.exists(socket)) {
      return Optional.empty();
    }
    ControlClient client;
    try {
      client = ControlClient.connect(socket);
    } catch (IOException stale) {
      return Optional.empty();
    }
    try {
      Optional<ObjectNode> first = firstWord(client);
      Optional<ProcessHandle> handle =
          first
              .map(event -> event.path("pid").asLong(-1))
              .filter(pid -> pid > 0)
              .flatMap(ProcessHandle::of);
      if (handle.isPresent()) {
        JobProcess found = new JobProcess(handle.get(), null, socket);
        found.client = client;
        found.first = first.get();
        return Optional.of(found);
      }
    } catch (IOException broken) {
      LOG.debug("{} does not answer: {}", socket, broken.getMessage());
    }
    close(client);
    return Optional.empty();
  }

  private static void close(ControlClient client) {
    try {
      client.close();
    } catch (Exception gone) {
      LOG.trace("a connection was gone when it was closed", gone);
    }
  }

  private static Optional<ObjectNode> firstWord(ControlClient client)
      throws IOException, InterruptedException {
    Thread impatience =
        Thread.ofVirtual()
            .start(() -> {
              try {
                Thread.sleep(FIRST_WORD);
                close(client);
              } catch (InterruptedException inTime) {
                Thread.currentThread().interrupt();
              }
            });
    try {
      return client.next();
    } finally {
      impatience.interrupt();
      impatience.join();
    }
  }

  long pid() {
    return handle.pid();
  }

  /**
   * Asks it to come to its end, now or as soon as it can be asked. It is not killed, however long
   * that takes: its last frames are on their way to the disk.
   */
  synchronized void stop() {
    isToStop = true;
    if (client != null) {
      order(client);
    }
  }

  /**
   * Tells it to do something, and then how it is.
   *
   * @return false if it cannot be told
   */
  synchronized boolean order(ObjectNode order) {
    if (client == null) {
      return false;
    }
    try {
      client.order(order);
      client.order("status");
      return true;
    } catch (IOException broken) {
      LOG.debug("an order did not reach its process: {}", broken.getMessage());
      return false;
    }
  }

  private static void order(ControlClient client) {
    try {
      client.order("stop");
    } catch (IOException broken) {
      // Its next connection is told again.
      LOG.debug("a stop did not reach its process: {}", broken.getMessage());
    }
  }

  /** Hands on all that it says, until it has ended. */
  End follow(Consumer<ObjectNode> heard) throws InterruptedException {
    Optional<ObjectNode> report = Optional.empty();
    do {
      Optional<ControlClient> connected = connect();
      if (connected.isPresent()) {
        try {
          Optional<ObjectNode> last = listen(connected.get(), heard);
          report = last.isPresent() ? last : report;
        } finally {
          forget(connected.get());
        }
      }
    } while (!hasEnded(LOOK));
    return new End(child == null ? OptionalInt.empty() : OptionalInt.of(child.exitValue()), report);
  }

  private Optional<ObjectNode> listen(ControlClient connected, Consumer<ObjectNode> heard) {
    Optional<ObjectNode> report = Optional.empty();
    try {
      Optional<ObjectNode> taken = takeFirst();
      Optional<ObjectNode> event = taken.isPresent() ? taken : connected.next();
      while (event.isPresent()) {
        if (event.get().path("event").asText().equals("end")) {
          report = event;
        } else {
          heard.accept(event.get());
        }
        event = connected.next();
      }
    } catch (IOException broken) {
      LOG.debug("the connection to process {} broke: {}", pid(), broken.getMessage());
    }
    return report;
  }

  private synchronized Optional<ObjectNode> takeFirst() {
    Optional<ObjectNode> taken = Optional.ofNullable(first);
    first = null;
    return taken;
  }

  private Optional<ControlClient> connect() {
    synchronized (this) {
      if (client != null) {
        return Optional.of(client);
      }
    }
    try {
      ControlClient connected = ControlClient.connect(socket);
      synchronized (this) {
        client = connected;
        if (isToStop) {
          order(connected);
        }
      }
      return Optional.of(connected);
    } catch (IOException notYet) {
      return Optional.empty();
    }
  }

  private synchronized void forget(ControlClient connected) {
    close(connected);
    client = null;
  }

  private boolean hasEnded(Duration within) throws InterruptedException {
    if (child != null) {
      return child.waitFor(within.toMillis(), TimeUnit.MILLISECONDS);
    }
    if (isGone()) {
      return true;
    }
    Thread.sleep(within);
    return isGone();
  }

  /** One whose parent ended and which nobody collects is still listed, as a zombie (proc(5)). */
  private boolean isGone() {
    if (!handle.isAlive()) {
      return true;
    }
    try {
      String stat =
          Files.readString(
              Path.of("/proc", Long.toString(pid()), "stat"), StandardCharsets.ISO_8859_1);
      String state = stat.substring(stat.lastIndexOf(')') + 1).strip();
      return state.startsWith("Z") || state.startsWith("X");
    } catch (IOException gone) {
      return true;
    }
  }
}
