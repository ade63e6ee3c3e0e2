package io.tapdeck.provisioner.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.provisioner.mirror.Direction;
import io.tapdeck.provisioner.mirror.FlowReport;
import io.tapdeck.provisioner.mirror.GroupCount;
import io.tapdeck.provisioner.mirror.GroupIdentity;
import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.Inventory;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.Nic;
import io.tapdeck.provisioner.mirror.Progress;
import io.tapdeck.provisioner.mirror.Source;
import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.provisioner.mirror.TapGroup;
import io.tapdeck.provisioner.mirror.TapService;
import io.tapdeck.provisioner.mirror.Target;
import io.tapdeck.provisioner.mirror.Treatment;
import io.tapdeck.provisioner.plan.HostPlan;
import io.tapdeck.provisioner.plan.PlannedMeter;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ShortfallsTest {
  private static final UUID SERVICE = new UUID(1, 1);
  private static final UUID FLOW = new UUID(2, 2);
  private static final Nic NIC =
      new Nic(
          "a",
          "g",
          "web",
          "52:54:00:00:00:01",
          Set.of(),
          "br",
          "p",
          Optional.empty(),
          Optional.empty());
  private static final HostPlan PLAN =
      new HostPlan(
          List.of(),
          List.of(),
          List.of(),
          List.of(
              new PlannedMeter(PlannedMeter.Use.UNFIT, "p", Optional.empty(), Optional.of(1572), 5),
              new PlannedMeter(PlannedMeter.Use.LIMIT, "p", Optional.of(1L), Optional.empty(), 5)),
          List.of(),
          Set.of(),
          Set.of(),
          Set.of(),
          Map.of(),
          Map.of(),
          List.of());

  private boolean fit = true;
  private List<FlowReport> written = List.of();

  private MirrorView view() {
    TapFlow flow =
        new TapFlow(
            FLOW,
            "f",
            SERVICE,
            new Source.Vnic("g", NIC.mac()),
            Direction.BOTH,
            new Treatment(
                Treatment.DEFAULT.filter(), Optional.empty(), Treatment.DEFAULT.strip(), fit),
            Optional.empty(),
            true,
            1);
    return new MirrorView(
        new Inventory(
            List.of(
                new Host(new UUID(3, 1), "a", "198.18.0.1", 1600, ""),
                new Host(new UUID(3, 2), "b", "198.18.0.2", 1600, "")),
            List.of(NIC)),
        List.of(
            new TapService(SERVICE, "t", new Target.OnHost("b"), Optional.of(1_000_000L), true, 2)),
        List.of(flow),
        List.of(new TapGroup(new UUID(4, 4), GroupIdentity.of(flow, NIC), 5)),
        List.of(),
        written,
        Instant.now());
  }

  private static FlowReport ready(long generation) {
    return new FlowReport(FLOW, "a", generation, 2, Set.of(5L), Progress.READY, "");
  }

  private static List<GroupCount> counts(long unfit, long limited) {
    return List.of(
        new GroupCount(
            "a",
            5,
            1000,
            0,
            unfit,
            limited,
            0,
            0,
            Instant.EPOCH,
            new GroupCount.Raw(Map.of(), "")));
  }

  private FlowReport judge(Shortfalls shortfalls, long generation, long unfit, long limited) {
    return shortfalls
        .judge(List.of(ready(generation)), PLAN, view(), counts(unfit, limited))
        .getFirst();
  }

  @Test
  void aFlowIsDegradedOnceCopiesDoNotFitAndStaysSoUntilItIsChanged() {
    Shortfalls shortfalls = new Shortfalls();
    assertThat(judge(shortfalls, 1, 0, 0)).isEqualTo(ready(1));
    FlowReport degraded = judge(shortfalls, 1, 37, 0);
    assertThat(degraded.progress()).isEqualTo(Progress.DEGRADED);
    assertThat(degraded.reason())
        .isEqualTo(
            "37 copies were longer than the way to b takes (1572 bytes) and were cut to fit");
    assertThat(judge(shortfalls, 1, 37, 0)).isEqualTo(degraded);
    assertThat(judge(shortfalls, 2, 37, 0)).isEqualTo(ready(2));
    assertThat(judge(shortfalls, 2, 38, 0).reason()).startsWith("38 copies were longer");
  }

  @Test
  void itSaysWhichWereDropped() {
    fit = false;
    Shortfalls shortfalls = new Shortfalls();
    assertThat(judge(shortfalls, 1, 0, 0)).isEqualTo(ready(1));
    assertThat(judge(shortfalls, 1, 1, 9).reason())
        .isEqualTo(
            "1 copy was longer than the way to b takes (1572 bytes) and was dropped, as told by"
                + " --no-fit; 9 copies were dropped, as more came than the --max-rate of its tap"
                + " service");
  }

  @Test
  void anAgentThatStartsGoesOnWithWhatTheLastOneSaid() {
    Shortfalls first = new Shortfalls();
    assertThat(judge(first, 1, 0, 0)).isEqualTo(ready(1));
    FlowReport degraded = judge(first, 1, 37, 0);
    // Not degraded since its last change: what did not fit was before that.
    assertThat(judge(begun(37), 1, 37, 0)).isEqualTo(ready(1));
    written = List.of(degraded);
    assertThat(judge(begun(37), 1, 37, 0)).isEqualTo(degraded);
  }

  private static Shortfalls begun(long unfit) {
    Shortfalls shortfalls = new Shortfalls();
    shortfalls.begin(counts(unfit, 0));
    return shortfalls;
  }

  @Test
  void whatWasCutBeforeTheFirstReportOrWhileNoAgentWasThereCounts() {
    assertThat(judge(new Shortfalls(), 1, 2, 0).reason()).startsWith("2 copies");
    written = List.of(ready(1));
    assertThat(judge(begun(37), 1, 37, 0)).isEqualTo(ready(1));
    assertThat(judge(begun(37), 1, 39, 0).reason()).startsWith("39 copies");
  }
}
