package io.tapdeck.web.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code tap-plan} and {@code tap-flow-verify}, beside agents that have done their work. */
@Tag("lab")
class PlanIT {
  @SuppressWarnings("NullAway.Init")
  private static Lab lab;

  @BeforeAll
  static void up() {
    lab = Lab.up();
    var _ = lab.activeService("deck", "host", "host-b");
    lab.activeFlow("web", "deck", "a1");
    lab.tapdeck("tap-service-create", "off", "--type", "host", "--target-id", "host-a");
    lab.tapdeck("tap-flow-create", "off", "--type", "vnic", "--tap-id", "off", "--guest-id", "a2");
  }

  @AfterAll
  static void down() {
    lab.close();
  }

  private static Command.Result tapdeck(String words) {
    try (Command command = lab.startTapdeck(words.split(" ", -1))) {
      return command.await();
    }
  }

  private static Command.Result compared(String host, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of(
                Path.of("..", "scripts", "tapdeck").toAbsolutePath().normalize().toString(),
                "tap-plan",
                "--host",
                host,
                "--ovs",
                "unix:/run/" + Lab.PREFIX + "/" + host + "/db.sock",
                "--northbound",
                "unix:/run/" + Lab.PREFIX + "/data/northbound.sock"));
    words.addAll(List.of(more));
    return lab.exec(host, words.toArray(String[]::new));
  }

  @Test
  void afterTheAgentsHaveDoneTheirWorkThereIsNothingToDo() {
    for (String host : List.of("host-a", "host-b")) {
      assertThat(compared(host).out()).isEqualTo("# host " + host + ": nothing to do\n");
    }
    assertThat(compared("host-a", "--disable", "web").out()).contains("del-port brtap tdg-1t");
  }

  @Test
  void aPlanNamesWhatEachHostNeedsAndChangesNothing() {
    List<String> before = lab.ours();
    String all = tapdeck("tap-plan").out();
    assertThat(all)
        .contains("# host host-a", "# host host-b", "add-br brtap", "create Mirror", "type=gre");
    assertThat(tapdeck("tap-plan --host host-b").out())
        .contains("# host host-b")
        .doesNotContain("# host host-a");
    assertThat(tapdeck("tap-plan --json --delete web").json().path("hosts")).hasSize(2);
    assertThat(lab.ours()).isEqualTo(before);
  }

  @Test
  void aHealthyFlowIsProvenHopByHop() {
    Command.Result result = tapdeck("tap-flow-verify web");
    assertThat(result.status()).as(result.out() + result.err()).isZero();
    assertThat(result.out()).contains("ok", "host-a", "host-b", "all 10 hops are right");
    assertThat(tapdeck("tap-flow-verify web --json").json().path("hops")).hasSize(10);
  }

  @ParameterizedTest
  @CsvSource({
    "tap-flow-verify nothing, nothing",
    "tap-flow-verify off, tap-service-enable",
    "tap-plan --enable nothing, nothing",
    "tap-plan --enable off, give the id",
    "tap-plan --delete deck, web",
    "tap-plan --host nowhere, nowhere",
    "tap-plan --ovs unix:/run/nowhere.sock, --host",
  })
  void isRefusedInOneLine(String words, String named) {
    Command.Result result = tapdeck(words);
    assertThat(result.status()).as(result.err()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err().lines()).hasSize(1);
    assertThat(result.err()).startsWith("tapdeck").contains(named);
  }
}
