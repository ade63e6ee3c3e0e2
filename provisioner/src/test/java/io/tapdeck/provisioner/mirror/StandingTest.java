package io.tapdeck.provisioner.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class StandingTest {
  private static final Host A = new Host(new UUID(0, 1), "hostA", "198.18.0.1", 1600, "");
  private static final Host B = new Host(new UUID(0, 2), "hostB", "198.18.0.2", 1600, "");
  private static final Nic NIC =
      new Nic("hostA", "g", "web", "m", Set.of(), "br", "p", Optional.empty(), Optional.empty());
  private static final TapService TAP = tap("hostB", true, 2);
  private static final TapFlow FLOW =
      new TapFlow(
          new UUID(0, 20),
          "flow",
          TAP.id(),
          new Source.Vnic("g", "m"),
          Direction.BOTH,
          Treatment.DEFAULT,
          Optional.of(Instant.EPOCH.plusSeconds(10)),
          true,
          5);
  private static final TapGroup GROUP =
      new TapGroup(new UUID(0, 30), GroupIdentity.of(FLOW, NIC), 7);
  private static final ServiceReport TAP_READY =
      new ServiceReport(TAP.id(), "hostB", 2, Progress.READY, "", "tap-0");

  private static TapService tap(String host, boolean enabled, long generation) {
    return new TapService(
        new UUID(0, 10), "tap", new Target.OnHost(host), Optional.empty(), enabled, generation);
  }

  private static FlowReport report(String host, long generation, Progress progress, Long... keys) {
    return new FlowReport(FLOW.id(), host, generation, 2, Set.of(keys), progress, "why");
  }

  private static MirrorView view(TapService tap, List<Nic> nics, FlowReport... reports) {
    return new MirrorView(
        new Inventory(List.of(A, B), nics),
        List.of(tap),
        List.of(FLOW),
        List.of(GROUP),
        List.of(TAP_READY),
        List.of(reports),
        Instant.EPOCH);
  }

  private static Standing standing(FlowReport... reports) {
    return Standing.of(FLOW, view(TAP, List.of(NIC), reports));
  }

  private static final FlowReport A_READY = report("hostA", 5, Progress.READY, 7L);
  private static final FlowReport B_READY = report("hostB", 5, Progress.READY, 7L);

  @Test
  void aFlowIsActiveOnceBothHostsHaveReadItBack() {
    assertThat(standing(A_READY, B_READY)).isEqualTo(new Standing(State.ACTIVE, "", true));
    assertThat(standing(A_READY).state()).isEqualTo(State.PENDING);
    assertThat(standing(A_READY).reason()).isEqualTo("host hostB's agent has not reported");
    assertThat(standing(B_READY).reason()).isEqualTo("host hostA's agent has not reported");
  }

  @Test
  void aReportOfAnOlderRequestOrAnotherGroupSaysNothing() {
    assertThat(standing(report("hostA", 4, Progress.READY, 7L), B_READY).state())
        .isEqualTo(State.PENDING);
    assertThat(standing(A_READY, report("hostB", 5, Progress.READY, 6L)).state())
        .isEqualTo(State.PENDING);
    TapService changed = tap("hostB", true, 3);
    assertThat(Standing.of(FLOW, view(changed, List.of(NIC), A_READY, B_READY)).state())
        .isEqualTo(State.PENDING);
  }

  @Test
  void theHostThatMustActFirstIsTheOneThatIsMissing() {
    TapService onA = tap("hostA", true, 2);
    Nic onB =
        new Nic("hostB", "g", "web", "m", Set.of(), "br", "p", Optional.empty(), Optional.empty());
    MirrorView view =
        new MirrorView(
            new Inventory(List.of(A, B), List.of(onB)),
            List.of(onA),
            List.of(FLOW),
            List.of(),
            List.of(new ServiceReport(onA.id(), "hostA", 2, Progress.READY, "", "tap-0")),
            List.of(),
            Instant.EPOCH);
    assertThat(Standing.of(FLOW, view).reason()).isEqualTo("host hostB's agent has not reported");
  }

  @Test
  void oneHostCanBeBoth() {
    TapService here = tap("hostA", true, 2);
    MirrorView view =
        new MirrorView(
            new Inventory(List.of(A), List.of(NIC)),
            List.of(here),
            List.of(FLOW),
            List.of(GROUP),
            List.of(new ServiceReport(here.id(), "hostA", 2, Progress.READY, "", "tap-0")),
            List.of(A_READY),
            Instant.EPOCH);
    assertThat(Standing.of(FLOW, view).state()).isEqualTo(State.ACTIVE);
  }

  @Test
  void theWorstReportIsTold() {
    Standing standing =
        standing(report("hostA", 5, Progress.WAITING), report("hostB", 5, Progress.ERROR));
    assertThat(standing).isEqualTo(new Standing(State.ERROR, "host hostB: why", false));
  }

  @Test
  void aGuestThatIsOffIsWaitedFor() {
    assertThat(Standing.of(FLOW, view(TAP, List.of())))
        .extracting(Standing::state)
        .isEqualTo(State.WAITING);
  }

  @Test
  void whatIsDisabledIsSettledOnceItsHostSaysItIsGone() {
    TapService off = tap("hostB", false, 2);
    Standing before = Standing.of(FLOW, view(off, List.of(NIC), A_READY));
    assertThat(before.state()).isEqualTo(State.DISABLED);
    assertThat(before.settled()).isFalse();
    Standing after = Standing.of(FLOW, view(off, List.of(NIC), report("hostA", 5, Progress.GONE)));
    assertThat(after).isEqualTo(new Standing(State.DISABLED, "tap service tap is disabled", true));
  }

  @Test
  void aServiceOnAHostNobodyKnowsIsAnError() {
    TapService lost = tap("hostC", true, 2);
    assertThat(Standing.of(lost, view(lost, List.of(NIC))))
        .isEqualTo(new Standing(State.ERROR, "host hostC is unknown: start its agent", false));
  }

  @Test
  void aFlowWhoseEndHasComeIsDisabledAndSettledOnceItIsGone() {
    Instant end = Instant.EPOCH.plusSeconds(10);
    MirrorView before = view(TAP, List.of(NIC), A_READY, B_READY);
    assertThat(Standing.of(FLOW, before.at(end.minusMillis(1))).state()).isEqualTo(State.ACTIVE);
    Standing ending = Standing.of(FLOW, before.at(end));
    assertThat(ending.state()).isEqualTo(State.DISABLED);
    assertThat(ending.settled()).isFalse();
    MirrorView after =
        view(
            TAP,
            List.of(NIC),
            report("hostA", 5, Progress.GONE),
            report("hostB", 5, Progress.GONE));
    assertThat(Standing.of(FLOW, after.at(end)))
        .isEqualTo(new Standing(State.DISABLED, "it ended at 1970-01-01T00:00:10Z", true));
  }

  @Test
  void aFlowThatLosesCopiesIsDegraded() {
    assertThat(standing(report("hostA", 5, Progress.DEGRADED, 7L), B_READY))
        .isEqualTo(new Standing(State.DEGRADED, "host hostA: why", true));
  }

  @Test
  void aSwitchWithoutItsWireIsWaitedFor() {
    TapFlow flow =
        new TapFlow(
            new UUID(0, 21),
            "s",
            TAP.id(),
            new Source.Vswitch("hostA", "w", Optional.empty()),
            Direction.BOTH,
            Treatment.DEFAULT,
            Optional.empty(),
            true,
            1);
    assertThat(Standing.of(flow, view(TAP, List.of())))
        .isEqualTo(new Standing(State.WAITING, "host hostA has no wire w", false));
  }
}
