package io.tapdeck.web.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What cannot be done is refused in one line that says why, and nothing is begun. This is of what
 * agents found on real hosts; every refusal there is, with its sentence, is in MirrorCommandsTest.
 */
@Tag("lab")
class RefusalIT {
  @SuppressWarnings("NullAway.Init")
  private static Lab lab;

  @BeforeAll
  static void up() {
    lab = Lab.up();
    lab.tapdeck("tap-service-create", "deck", "--type", "host", "--target-id", "host-b");
    lab.tapdeck("tap-service-create", "inside", "--type", "guest", "--target-id", "b1");
    String flow = "tap-flow-create flow --type vnic --tap-id deck --guest-id a1";
    lab.tapdeck(flow.split(" ", -1));
    String tenant = "tap-flow-create tenant --type vswitch --tap-id deck --host-id host-a";
    lab.tapdeck((tenant + " --wire-id tenant --vlan-id 20").split(" ", -1));
  }

  @AfterAll
  static void down() {
    lab.close();
  }

  @ParameterizedTest
  @CsvSource({
    "tap-service-create x --type host --target-id nowhere, nowhere",
    "tap-service-create x --type guest --target-id nobody, nobody",
    "tap-service-create x --type guest --target-id b1, b1",
    "tap-service-create deck --type host --target-id host-a, deck",
    "tap-service-create x --type tape --target-id host-a, tape",
    "tap-service-create x --type host --target-id host-a --mac-addr 02:ff:00:00:00:01, physical",
    "tap-service-create x --type host --target-id host-a --max-rate 500, rate",
    "tap-service-delete deck, flow",
    "tap-service-enable nothing, nothing",
    "tap-flow-create x --type vnic --tap-id nothing --guest-id a1, nothing",
    "tap-flow-create x --type vnic --tap-id deck --guest-id nobody, nobody",
    "tap-flow-create flow --type vnic --tap-id deck --guest-id a2, flow",
    "tap-flow-create x --type vnic --tap-id deck --guest-id a1, a1",
    "tap-flow-create x --type vnic --tap-id inside --guest-id b1, b1",
    "tap-flow-create x --type vnic --tap-id deck --guest-id a2 --direction UP, UP",
    "tap-flow-create x --type vnic --tap-id deck --guest-id a2 --mac-addr 02:00:00:00:00:01, 02:",
    "tap-flow-create x --type vswitch --tap-id deck --guest-id a2, --guest-id",
    "tap-flow-create x --type vnic --tap-id deck --guest-id a2 --vlan-id 20, --vlan-id",
    "tap-flow-create x --type vnic --tap-id deck --guest-id a2 --filter allow, allow",
    "tap-flow-create x --type vnic --tap-id deck --guest-id a2 --until 2020-01-01T00:00:00Z, past",
    "tap-flow-create x --type vswitch --tap-id deck --host-id host-a --wire-id none, no wire none",
    "tap-flow-create x --type vswitch --tap-id deck --host-id host-a --wire-id tenant --vlan-id 20"
        + ", VLAN 20 already",
    "tap-flow-update tenant --name flow, flow",
    "tap-flow-update tenant, nothing",
    "tap-flow-show nothing, nothing",
    "rewind, rewind",
    "record -i lo -o /run --stop-after 10, unit",
    "tap-flow-list --northbound unix:/run/nowhere.sock, northbound",
  })
  void isRefusedInOneLine(String words, String named) {
    String before = lab.wanted();
    Command.Result result;
    try (Command command = lab.startTapdeck(words.split(" ", -1))) {
      result = command.await();
    }
    assertThat(result.status()).as(result.err()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err().lines()).hasSize(1);
    assertThat(result.err()).startsWith("tapdeck").contains(named);
    assertThat(lab.wanted()).isEqualTo(before);
  }
}
