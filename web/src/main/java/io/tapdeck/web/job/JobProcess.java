package io.tapdeck.web.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapdeck.web.control.ControlClient;
import io.tapdeck.web.starter.StartedJob;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A recorder or player at work, which was started for this process, or for an earlier one. It is in
 * a session of its own, holds nothing of ours but files, and so goes on without us.
 */
final class JobProcess {
  private static final Logger LOG = LoggerFactory.getLogger(JobProcess.class);

  /** How often a process is looked at whose socket does not answer. */
  private static final Duration LOOK = Duration.ofMillis(50);

  /** A program that answers says at once how far it is. */
  private static final Duration FIRST_WORD = Duration.ofSeconds(2);

  private final long pid;
  private final Optional<ProcessHandle> handle;

  /** Done at its end, by who started it; of one that was found nobody will tell. */
  private final CompletableFuture<OptionalInt> end;

  private final Path socket;
  private @Nullable ControlClient client;
  private @Nullable ObjectNode first;
  private boolean isToStop;

  private JobProcess(
      long pid, Optional<ProcessHandle> handle, CompletableFuture<OptionalInt> end, Path socket) {
    this.pid = pid;
    this.handle = handle;
    this.end = end;
    this.socket = socket;
  }

  /**
   * How it ended.
   *
   * @param status its exit status, if anybody learnt of it
   * @param report what it said last, if it ended in order
   */
  record End(OptionalInt status, Optional<ObjectNode> report) {}

  /** One that was just started, whose socket will be there. */
  static JobProcess follow(StartedJob started, Path socket) {
    return new JobProcess(started.pid(), ProcessHandle.of(started.pid()), started.end(), socket);
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
        JobProcess found =
            new JobProcess(
                handle.get().pid(),
                handle,
                CompletableFuture.completedFuture(OptionalInt.empty()),
                socket);
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
    return pid;
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
    return new End(end.getNow(OptionalInt.empty()), report);
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
    if (!end.isDone()) {
      try {
        return end.get(within.toMillis(), TimeUnit.MILLISECONDS).isPresent();
      } catch (TimeoutException atWork) {
        return false;
      } catch (ExecutionException untold) {
        return isGone();
      }
    }
    if (end.getNow(OptionalInt.empty()).isPresent()) {
      return true;
    }
    if (isGone()) {
      return true;
    }
    Thread.sleep(within);
    return isGone();
  }

  /** One whose parent ended and which nobody collects is still listed, as a zombie (proc(5)). */
  private boolean isGone() {
    if (handle.filter(ProcessHandle::isAlive).isEmpty()) {
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
