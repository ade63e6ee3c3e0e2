package io.tapdeck.provisioner.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.provisioner.plan.BrtapFlow;
import io.tapdeck.provisioner.plan.PlannedMeter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MissingMetersTest {
  private static final PlannedMeter UNFIT =
      new PlannedMeter(PlannedMeter.Use.UNFIT, "tdg-1t", Optional.empty(), Optional.of(1500), 1);
  private static final PlannedMeter LIMIT =
      new PlannedMeter(PlannedMeter.Use.LIMIT, "tdg-1t", Optional.of(9L), Optional.empty(), 1);

  private static BrtapFlow flow(String port, String actions) {
    return new BrtapFlow(
        BrtapFlow.Table.OUTPUT, 100, "in_port=<" + port + ">", actions, Optional.empty());
  }

  @Test
  void whatIsTooLongIsCutThoughNotCounted() {
    MissingMeters missing = new MissingMeters(Map.of(UNFIT, "no room"));
    BrtapFlow cut = flow("tdg-1t", UNFIT.reference() + ",output(port=<t>,max_len=1514)");
    BrtapFlow other = flow("tdg-2t", "meter:<UNFIT:tdg-2t>,output:<t>");
    assertThat(missing.without(cut).actions()).isEqualTo("output(port=<t>,max_len=1514)");
    assertThat(missing.without(flow("tdg-1t", UNFIT.reference())).actions()).isEqualTo("drop");
    assertThat(missing.without(other)).isEqualTo(other);
    assertThat(missing.amiss(List.of(cut, other)))
        .isEqualTo(Map.of("tdg-1t", "has no meter: no room"));
  }

  @Test
  void withoutItsLimitNoGroupOfAServiceSends() {
    MissingMeters missing = new MissingMeters(Map.of(LIMIT, "no room"));
    BrtapFlow one = flow("tdg-1t", LIMIT.reference() + ",output:<t>");
    BrtapFlow other = flow("tdg-2t", LIMIT.reference() + ",output:<t>");
    assertThat(missing.without(one).actions()).isEqualTo("drop");
    assertThat(missing.without(other).actions()).isEqualTo("drop");
    assertThat(missing.amiss(List.of(one, other))).containsOnlyKeys("tdg-1t", "tdg-2t");
  }
}
