package io.tapdeck.provisioner.northbound;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.provisioner.mirror.Hop;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Questions and answers on a real {@code ovsdb-server}. */
class FlowChecksTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @TempDir private Path data;
  private NorthboundServer server = new NorthboundServer(Path.of("/nonexistent"));

  @BeforeEach
  void start() throws Exception {
    server = new NorthboundServer(data);
    var _ = server.start();
  }

  @AfterEach
  void stop() throws Exception {
    server.stop();
  }

  private Northbound open() throws Exception {
    return Northbound.open(server.endpoint(), PATIENCE, () -> {});
  }

  @Test
  void anAnswerComesToWhoAskedAndGoesWithTheQuestion() throws Exception {
    UUID flow = UUID.randomUUID();
    List<Hop> hops =
        List.of(Hop.ok("source", "port p\nof\tg"), Hop.failed("brtap", "drops: priority 0"));
    try (Northbound asking = open();
        Northbound agent = open()) {
      CompletableFuture<Map<String, List<Hop>>> answers = new CompletableFuture<>();
      Thread.ofVirtual()
          .start(() -> {
            try {
              answers.complete(asking.flowChecks().ask(flow, Set.of("hostA"), PATIENCE));
            } catch (Exception failed) {
              answers.completeExceptionally(failed);
            }
          });
      assertThat(agent.await(view -> !agent.flowChecks().all().isEmpty(), PATIENCE)).isTrue();
      UUID id = agent.flowChecks().all().getFirst().id();
      assertThat(agent.flowChecks().all().getFirst().flow()).isEqualTo(flow);
      agent.flowChecks().answer(id, "hostA", hops);
      assertThat(answers.get()).isEqualTo(Map.of("hostA", hops));
      assertThat(agent.await(view -> agent.flowChecks().all().isEmpty(), PATIENCE)).isTrue();
      // Too late: nothing is left of it.
      agent.flowChecks().answer(id, "hostA", hops);
      assertThat(agent.flowChecks().all()).isEmpty();
    }
  }

  @Test
  void whoDoesNotAnswerIsNotWaitedForLonger() throws Exception {
    try (Northbound asking = open()) {
      assertThat(
              asking.flowChecks().ask(UUID.randomUUID(), Set.of("hostA"), Duration.ofMillis(100)))
          .isEmpty();
      assertThat(asking.await(view -> asking.flowChecks().all().isEmpty(), PATIENCE)).isTrue();
    }
  }
}
