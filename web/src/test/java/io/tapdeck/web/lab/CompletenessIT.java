package io.tapdeck.web.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many copies came how far is told exactly, and by the step that lost them. */
@Tag("lab")
class CompletenessIT {
  private static final int COUNT = 2000;

  /** Both directions of numbered traffic, and what its sender asks before and after. */
  private static final int COPIES = 2 * COUNT + 4;

  @SuppressWarnings("NullAway.Init")
  private static Lab lab;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @BeforeAll
  static void up() {
    lab = Lab.up();
  }

  @AfterAll
  static void down() {
    lab.close();
  }

  @AfterEach
  void forgetMirrors() {
    lab.forgetMirrors();
  }

  private Path socket() {
    return directory.resolve("control.sock");
  }

  private Recording record(String host, String nic, String... options) {
    List<String> all = new ArrayList<>(List.of("--control", socket().toString()));
    all.addAll(List.of(options));
    return Recording.start(lab, host, nic, directory, all.toArray(String[]::new));
  }

  private static void traffic() {
    JsonNode sent =
        lab.lab("traffic", "numbered", "a1", "a2", "--count", "" + COUNT, "--pps", "2000").json();
    assertThat(sent.get("confirmed").asInt()).isEqualTo(COUNT);
    assertThat(sent.get("answers").asInt()).isEqualTo(COUNT);
  }

  /** The answer and its exit status. */
  private Command.Result ask(String what) {
    try (Command asked =
        lab.startTapdeck("tap-completeness", what, "--control", socket().toString(), "--json")) {
      return asked.await();
    }
  }

  private static List<Long> longs(JsonNode completeness, String field) {
    List<Long> values = new ArrayList<>();
    completeness.get("steps").forEach(step -> values.add(step.get(field).asLong()));
    return values;
  }

  private static List<String> names(JsonNode completeness) {
    List<String> values = new ArrayList<>();
    completeness.get("steps").forEach(step -> values.add(step.get("step").asText()));
    return values;
  }

  /** Asks until it comes to this, as far as it is to come by itself within seconds. */
  private JsonNode await(
      String what, int status, Function<JsonNode, List<Long>> figures, List<Long> expected) {
    Command.Result last = ask(what);
    for (int i = 0; i < 3 && !figures.apply(last.json().get(0)).equals(expected); i++) {
      last = ask(what);
    }
    assertThat(figures.apply(last.json().get(0))).as(last.out()).isEqualTo(expected);
    assertThat(last.status()).as(last.out()).isEqualTo(status);
    return last.json().get(0);
  }

  @Test
  void everyStepOfAPacedRunIsComplete() {
    for (String host : List.of("host-b", "host-a")) {
      String deck = "deck-" + host;
      String nic = lab.activeService(deck, "host", host).get("nic").asText();
      try (Recording recording = record(host, nic)) {
        lab.activeFlow("flow", deck, "a1");
        traffic();
        long all = COPIES;
        JsonNode answer =
            await(deck, 0, found -> longs(found, "count"), List.of(all, all, all, all, all));
        assertThat(names(answer))
            .containsExactly("mirrored", "delivered", "arrived", "received", "written");
        assertThat(longs(answer, "missing")).containsOnly(0L);
        assertThat(longs(answer, "more")).containsOnly(0L);
        assertThat(recording.stop().count("written")).isEqualTo(all);
      }
      JsonNode copies = lab.tapdeck("tap-flow-show", "flow", "--json").json().get("copies");
      assertThat(copies.get("mirrored").asLong()).isEqualTo(COPIES);
      assertThat(copies.get("delivered").asLong()).isEqualTo(COPIES);
      assertThat(copies.get("shared").asBoolean()).isFalse();
      assertThat(ask(deck).json().get(0).get("ends").asText()).contains("records " + nic);
      lab.tapdeck("tap-flow-delete", "flow");
    }
  }

  @Test
  void whatTheUnderlayLosesIsMissingWhereItShouldBeDelivered() {
    String nic = lab.activeService("deck", "host", "host-b").get("nic").asText();
    try (Recording recording = record("host-b", nic)) {
      lab.activeFlow("flow", "deck", "a1");
      traffic();
      long whole = COPIES;
      var _ =
          await(
              "deck",
              0,
              found -> longs(found, "count"),
              List.of(whole, whole, whole, whole, whole));
      lab.exec("host-b", "ip", "link", "set", "phy0", "down");
      try {
        traffic();
        JsonNode cut =
            await("deck", 1, found -> longs(found, "missing"), List.of(0L, whole, 0L, 0L, 0L));
        assertThat(longs(cut, "count")).containsExactly(2 * whole, whole, whole, whole, whole);
        Await.until(
            "the loss to be certain", () -> ask("deck").json().get(0).get("short").asBoolean());
        assertThat(recording.stop().count("written")).isEqualTo(whole);
      } finally {
        lab.exec("host-b", "ip", "link", "set", "phy0", "up");
      }
    }
  }

  @Test
  void whatTheKernelDropsForALateRecorderIsMissingWhereItShouldBeWritten() {
    String nic = lab.activeService("deck", "host", "host-b").get("nic").asText();
    try (Recording recording = record("host-b", nic, "--buffer", "1MiB")) {
      lab.activeFlow("flow", "deck", "a1");
      recording.signal("STOP");
      traffic();
      traffic();
      traffic();
      recording.signal("CONT");
      long all = 3L * COPIES;
      JsonNode late =
          await(
              "deck", 1, found -> longs(found, "count").subList(0, 4), List.of(all, all, all, all));
      Recording.Summary summary = recording.stop();
      assertThat(summary.count("droppedKernel")).isPositive();
      assertThat(longs(late, "missing"))
          .containsExactly(0L, 0L, 0L, 0L, summary.count("droppedKernel"));
      assertThat(late.get("steps").get(4).get("said").asText())
          .startsWith(summary.count("droppedKernel") + " dropped by the kernel");
    }
  }
}
