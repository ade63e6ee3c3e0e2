package io.tapdeck.web.mirror;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapdeck.web.control.ControlClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What a recorder on this machine tells of itself on its control socket.
 *
 * @param interfaces what it records
 * @param filter which frames it records; empty for all
 * @param arrivedBefore frames that the interfaces had received when it began, since they exist
 * @param arrived frames that they have received since it began, by their own count
 * @param received frames that the kernel counted for it
 * @param written frames in segments
 * @param droppedKernel of those received, dropped because the ring was full
 */
public record RecorderReading(
    String recording,
    List<String> interfaces,
    String filter,
    long arrivedBefore,
    long arrived,
    long received,
    long written,
    long droppedKernel) {
  /** How long a recorder may take to answer. */
  private static final Duration ANSWER = Duration.ofSeconds(1);

  public RecorderReading {
    interfaces = List.copyOf(interfaces);
  }

  /** Asks the recorders that listen at these sockets; one that does not answer is left out. */
  public static List<RecorderReading> of(Collection<Path> sockets) throws InterruptedException {
    List<CompletableFuture<Optional<RecorderReading>>> asked = new ArrayList<>();
    for (Path socket : sockets) {
      CompletableFuture<Optional<RecorderReading>> answer = new CompletableFuture<>();
      Thread.ofVirtual().start(() -> ask(socket, answer));
      asked.add(answer);
    }
    List<RecorderReading> readings = new ArrayList<>();
    long deadline = System.nanoTime() + ANSWER.toNanos();
    for (CompletableFuture<Optional<RecorderReading>> answer : asked) {
      try {
        answer
            .get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS)
            .ifPresent(readings::add);
      } catch (TimeoutException | ExecutionException silent) {
        // Whoever listens there is no recorder that could tell.
      }
    }
    return readings;
  }

  private static void ask(Path socket, CompletableFuture<Optional<RecorderReading>> answer) {
    try (ControlClient client = ControlClient.connect(socket)) {
      // Closing is what ends a read that has no end.
      var _ = answer.orTimeout(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
      var _ = answer.whenComplete((told, late) -> close(client));
      Optional<ObjectNode> event = client.next();
      answer.complete(event.filter(told -> told.has("arrived")).map(RecorderReading::read));
    } catch (IOException nobody) {
      answer.complete(Optional.empty());
    }
  }

  private static void close(ControlClient client) {
    try {
      client.close();
    } catch (IOException closed) {
      // Closed is what it is to be.
    }
  }

  private static RecorderReading read(JsonNode event) {
    List<String> interfaces = new ArrayList<>();
    event.path("interfaces").forEach(name -> interfaces.add(name.asText()));
    return new RecorderReading(
        event.path("recording").asText(),
        interfaces,
        event.path("filter").asText(),
        event.path("arrivedBefore").asLong(),
        event.path("arrived").asLong(),
        event.path("received").asLong(),
        event.path("written").asLong(),
        event.path("droppedKernel").asLong());
  }
}
