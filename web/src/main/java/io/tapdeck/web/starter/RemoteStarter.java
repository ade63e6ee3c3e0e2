package io.tapdeck.web.starter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapdeck.capture.doctor.Diagnosis;
import io.tapdeck.capture.netif.InterfaceInventory;
import io.tapdeck.capture.os.NetworkNamespace;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/**
 * Has it done by the privileged starter that listens at a socket. This process needs no privilege
 * for it.
 *
 * @param socket of that starter
 */
public record RemoteStarter(Path socket) implements Starter {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The doctor writes to the disk for two seconds. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Override
  public StartedJob start(JobOrder order) throws IOException {
    StarterConnection connection = StarterConnection.open(socket);
    boolean isStarted = false;
    try {
      long pid = Answer.readStarted(connection.ask(new Order.Start(order).message(), PATIENCE));
      CompletableFuture<OptionalInt> end = new CompletableFuture<>();
      Thread.ofVirtual().name("end-of-" + pid).start(() -> end.complete(awaitEnd(connection)));
      isStarted = true;
      return new StartedJob(pid, end);
    } finally {
      if (!isStarted) {
        connection.close();
      }
    }
  }

  private static OptionalInt awaitEnd(StarterConnection connection) {
    try (connection) {
      return OptionalInt.of(Answer.readEnded(connection.next()));
    } catch (IOException | IllegalArgumentException starterGone) {
      return OptionalInt.empty();
    }
  }

  @Override
  public InterfaceInventory interfaces() throws IOException {
    return Answer.readInterfaces(ask(new Order.Interfaces()));
  }

  @Override
  public NicLook look(String interfaceName, Optional<NetworkNamespace> namespace)
      throws IOException {
    return Answer.readLook(ask(new Order.Look(interfaceName, namespace)));
  }

  @Override
  public Diagnosis examine(
      Optional<String> interfaceName, Optional<NetworkNamespace> namespace, boolean isMeasured)
      throws IOException {
    String json = Answer.readExamined(ask(new Order.Examine(interfaceName, namespace, isMeasured)));
    JsonNode report = JSON.readTree(json);
    return DiagnosisReport.read(report);
  }

  private Message ask(Order order) throws IOException {
    try (StarterConnection connection = StarterConnection.open(socket)) {
      return connection.ask(order.message(), PATIENCE);
    }
  }
}
