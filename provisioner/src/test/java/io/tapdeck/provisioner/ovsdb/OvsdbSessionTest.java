package io.tapdeck.provisioner.ovsdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapdeck.provisioner.northbound.NorthboundServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sessions with a real ovsdb-server. */
class OvsdbSessionTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @TempDir private Path data;

  @SuppressWarnings("NullAway.Init") // made before each test
  private NorthboundServer server;

  @SuppressWarnings("NullAway.Init") // made before each test
  private Endpoint endpoint;

  @SuppressWarnings("NullAway.Init") // JUnit sets the directory
  OvsdbSessionTest() {}

  @BeforeEach
  void start() throws Exception {
    server = new NorthboundServer(data);
    endpoint = server.start();
  }

  @AfterEach
  void stop() throws Exception {
    server.stop();
  }

  private OvsdbSession open() throws Exception {
    return OvsdbSession.open(endpoint, PATIENCE);
  }

  @Test
  void whoLooksIsTakenForNoHolder() throws Exception {
    try (OvsdbSession holder = open();
        OvsdbSession looker = open()) {
      assertThat(holder.lock("held", PATIENCE)).isTrue();
      assertThat(looker.lockedByOthers(List.of("held", "free"))).isEqualTo(Set.of("held"));
      assertThat(holder.lockedByOthers(List.of("free"))).isEmpty();
      assertThat(holder.lock("free", PATIENCE)).isTrue();
    }
  }

  /** Else nobody could look any more for as long as the session goes on. */
  @Test
  void aLookThatIsBrokenOffGivesItsTurnBack() throws Exception {
    try (OvsdbSession broken = open();
        OvsdbSession next = open()) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> broken.lockedByOthers(List.of("a")))
          .isInstanceOf(InterruptedException.class);
      assertThat(next.lock(OvsdbSession.LOOKING, PATIENCE)).isTrue();
    }
  }

  @Test
  void aLookThatIsBrokenOffBeforeItsTurnWaitsForItNoLonger() throws Exception {
    try (OvsdbSession broken = open();
        OvsdbSession next = open()) {
      CompletableFuture<String> outcome = new CompletableFuture<>();
      Thread looking;
      try (OvsdbSession before = open()) {
        assertThat(before.lock(OvsdbSession.LOOKING, PATIENCE)).isTrue();
        looking =
            Thread.ofVirtual()
                .start(() -> {
                  try {
                    outcome.complete("looked: " + broken.lockedByOthers(List.of("a")));
                  } catch (Exception why) {
                    outcome.complete(why.getClass().getSimpleName());
                  }
                });
        while (looking.getState() != Thread.State.TIMED_WAITING) {
          Thread.onSpinWait();
        }
        looking.interrupt();
        assertThat(looking.join(PATIENCE)).isTrue();
        assertThat(outcome.join()).isEqualTo("InterruptedException");
      }
      assertThat(next.lock(OvsdbSession.LOOKING, PATIENCE)).isTrue();
    }
  }
}
