package io.tapdeck.web.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapdeck.web.control.ControlClient;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A recorder and who is connected to its control socket. */
@Tag("lab")
@Timeout(60)
class RecordControlTest {
  @TempDir private Path directory;
  private Path socket;
  private RecordingLab lab;

  @BeforeEach
  void makeLab() throws Exception {
    socket = directory.resolve("control.sock");
    lab = new RecordingLab();
  }

  @AfterEach
  void removeLab() throws Exception {
    lab.remove();
  }

  private RecordProcess record(String... more) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(arguments(directory, socket)));
    arguments.addAll(List.of(more));
    return RecordProcess.start(arguments.toArray(String[]::new));
  }

  private String[] arguments(Path into, Path control) {
    return new String[] {
      "-i",
      RecordingLab.RECEIVING,
      "--netns",
      lab.receiver(),
      "-o",
      into.toString(),
      "--control",
      control.toString()
    };
  }

  @Test
  void anOrderToStopEndsItWithEveryFrameAndTheLastEventIsTheReport() throws Exception {
    try (RecordProcess recorder = record();
        ControlClient client = ControlClient.connect(socket)) {
      lab.send(5000, 100);
      client.order("stop");
      ObjectNode last = lastEvent(client);
      JsonNode report = recorder.end(0);
      assertThat(report.get("received").asLong()).isEqualTo(5000);
      assertThat(report.get("written").asLong()).isEqualTo(5000);
      assertThat(report.get("unreadAtStop").asLong()).isZero();
      assertThat(report.get("failure").isNull()).isTrue();
      assertThat(report.get("segments")).isNotEmpty();
      assertThat(last).isEqualTo(report);
      assertThat(socket).doesNotExist();
    }
  }

  @Test
  void everySegmentIsToldWhenItIsCompleteAndWhenItIsRemoved() throws Exception {
    List<String> complete = new ArrayList<>();
    List<String> removed = new ArrayList<>();
    try (RecordProcess recorder =
            record(
                "--stop-after", "30p", "-s", "200", "--rotate-size", "1204", "--keep-files", "2");
        ControlClient client = ControlClient.connect(socket)) {
      assertThat(client.next()).isPresent();
      lab.send(30, 60);
      for (Optional<ObjectNode> next = client.next(); next.isPresent(); next = client.next()) {
        String event = next.get().get("event").asText();
        if (event.equals("segment")) {
          complete.add(next.get().get("file").asText());
        } else if (event.equals("removed")) {
          removed.add(next.get().get("file").asText());
        }
      }
      JsonNode report = recorder.end(0);
      assertThat(report.get("written").asLong()).isEqualTo(30);
      assertThat(complete).hasSize(3);
      assertThat(removed).containsExactly(complete.getFirst());
      assertThat(report.get("segments").findValuesAsText("file"))
          .containsExactlyElementsOf(complete.subList(1, 3));
    }
  }

  @Test
  void whatItKeepsIsChangedByAnOrderAndOneWithoutSenseIsRefused() throws Exception {
    try (RecordProcess recorder = record("-s", "200", "--rotate-size", "1204");
        ControlClient client = ControlClient.connect(socket)) {
      lab.send(50, 60);
      awaitEvent(client, event -> event.path("written").asLong() == 50);
      ObjectNode order = JsonNodeFactory.instance.objectNode().put("order", "keep");
      client.order(order.deepCopy().put("keepFiles", 0));
      ObjectNode refused = awaitEvent(client, event -> !event.path("detail").isMissingNode());
      assertThat(refused.get("detail").asText()).contains("keepFiles is a whole number");
      client.order(order.put("keepFiles", 1).put("keepAge", "PT12H"));
      ObjectNode kept = awaitEvent(client, event -> event.path("retention").has("keepFiles"));
      assertThat(kept.get("retention").toString())
          .isEqualTo("{\"keepFiles\":1,\"keepAge\":\"PT12H\"}");
      client.order("stop");
      JsonNode report = recorder.end(0);
      assertThat(report.get("received").asLong()).isEqualTo(50);
      assertThat(report.get("written").asLong()).isEqualTo(50);
      assertThat(report.get("segments")).hasSize(1);
    }
  }

  private static ObjectNode awaitEvent(ControlClient client, Predicate<ObjectNode> wish)
      throws IOException {
    ObjectNode event;
    do {
      event = client.next().orElseThrow();
    } while (!wish.test(event));
    return event;
  }

  @Test
  void progressComesToTheExactCountOnAQuietLink() throws Exception {
    try (RecordProcess recorder = record();
        ControlClient client = ControlClient.connect(socket)) {
      lab.send(1234, 60);
      ObjectNode progress;
      do {
        progress = client.next().orElseThrow();
      } while (progress.get("written").asLong() < 1234);
      assertThat(progress.get("received").asLong()).isEqualTo(1234);
      assertThat(progress.get("written").asLong()).isEqualTo(1234);
      assertThat(progress.get("buffered").asLong()).isZero();
      recorder.signal("TERM");
      recorder.end(0);
    }
  }

  @Test
  void aFailureIsTold() throws Exception {
    lab.mountSmallDisk(directory, "1m");
    try (RecordProcess recorder = record();
        ControlClient client = ControlClient.connect(socket)) {
      lab.send(2000, 1000);
      recorder.awaitSaid("paused: disk full");
      recorder.signal("INT");
      ObjectNode last = lastEvent(client);
      assertThat(last.get("failure").asText()).contains("disk full when the recording was stopped");
      assertThat(recorder.end(1).get("failure")).isEqualTo(last.get("failure"));
    } finally {
      lab.unmount(directory);
    }
  }

  @Test
  void whatAKilledRecorderLeftIsReplacedByTheNext() throws Exception {
    try (RecordProcess killed = record()) {
      killed.signal("KILL");
      killed.endKilled();
    }
    assertThat(Files.exists(socket)).isTrue();
    try (RecordProcess recorder = record();
        ControlClient client = ControlClient.connect(socket)) {
      assertThat(client.next()).isPresent();
      recorder.signal("INT");
      recorder.end(0);
    }
  }

  @Test
  void aSocketThatCannotBeIsRefusedAndNothingBegun() throws Exception {
    Path missing = directory.resolve("missing").resolve("control.sock");
    try (RecordProcess refused = RecordProcess.startRefused(arguments(directory, missing))) {
      assertThat(refused.errors()).contains("cannot listen at " + missing);
    }
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void theSocketOfARunningRecorderIsRefusedAndNothingBegun() throws Exception {
    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    try (RecordProcess running = record()) {
      try (RecordProcess refused = RecordProcess.startRefused(arguments(elsewhere, socket))) {
        assertThat(refused.errors())
            .contains("another process listens at " + socket)
            .hasLineCount(1);
        assertThat(elsewhere).isEmptyDirectory();
      }
      try (ControlClient client = ControlClient.connect(socket)) {
        assertThat(client.next()).isPresent();
      }
      running.signal("TERM");
      running.end(0);
    }
  }

  @Test
  void aRecorderThatIsRefusedLeavesNoSocket() throws Exception {
    try (RecordProcess refused =
        RecordProcess.startRefused(
            RecordingLab.override(arguments(directory, socket), "-i nope"))) {
      assertThat(refused.errors()).contains("there is no interface 'nope'");
    }
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void whoAsksWithoutReadingIsDroppedAndCostsNoFrame() throws Exception {
    try (RecordProcess recorder = record();
        SocketChannel silent = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        ControlClient client = ControlClient.connect(socket)) {
      Process sending = lab.startSending(20_000, 100);
      byte[] order = "{\"order\":\"status\"}\n".getBytes(StandardCharsets.UTF_8);
      assertThatThrownBy(
              () -> {
                while (true) {
                  silent.write(ByteBuffer.wrap(order));
                }
              })
          .isInstanceOf(IOException.class);
      assertThat(sending.waitFor()).isZero();
      client.order("stop");
      ObjectNode last = lastEvent(client);
      JsonNode report = recorder.end(0);
      assertThat(last).isEqualTo(report);
      assertThat(
              List.of(
                  report.get("received").asLong(),
                  report.get("written").asLong(),
                  report.get("droppedKernel").asLong(),
                  report.get("unreadAtStop").asLong()))
          .containsExactly(20_000L, 20_000L, 0L, 0L);
    }
  }

  @Test
  void aProgressHasTheTimeOfItsReadingAndComesOnce() throws Exception {
    try (RecordProcess recorder = record();
        ControlClient client = ControlClient.connect(socket)) {
      List<Instant> times = new ArrayList<>();
      while (times.size() < 4) {
        times.add(Instant.parse(client.next().orElseThrow().get("at").asText()));
      }
      for (int i = 1; i < times.size(); i++) {
        // Counters are read every half second, not when somebody asks.
        assertThat(Duration.between(times.get(i - 1), times.get(i)))
            .isGreaterThan(Duration.ofMillis(490));
      }
      recorder.signal("TERM");
      recorder.end(0);
    }
  }

  private static ObjectNode lastEvent(ControlClient client) throws Exception {
    ObjectNode last = client.next().orElseThrow();
    for (Optional<ObjectNode> next = client.next(); next.isPresent(); next = client.next()) {
      last = next.get();
    }
    assertThat(last.remove("event").asText()).isEqualTo("end");
    return last;
  }
}
