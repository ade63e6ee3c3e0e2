package io.tapdeck.web.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.provisioner.mirror.Direction;
import io.tapdeck.provisioner.mirror.GroupCount;
import io.tapdeck.provisioner.mirror.GroupIdentity;
import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.Inventory;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.Nic;
import io.tapdeck.provisioner.mirror.Progress;
import io.tapdeck.provisioner.mirror.ServiceReport;
import io.tapdeck.provisioner.mirror.Source;
import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.provisioner.mirror.TapGroup;
import io.tapdeck.provisioner.mirror.TapService;
import io.tapdeck.provisioner.mirror.Target;
import io.tapdeck.provisioner.mirror.Treatment;
import io.tapdeck.web.mirror.Completeness.Step;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CompletenessTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:10Z");
  private static final Nic WEB = nic("web", "02:00:00:00:00:01");
  private static final Nic DB = nic("db", "02:00:00:00:00:02");
  private static final TapService SERVICE =
      new TapService(new UUID(1, 1), "deck", new Target.OnHost("b"), Optional.empty(), true, 1);
  private static final TapFlow FIRST = flow(1, WEB, true);
  private static final TapFlow SECOND = flow(2, DB, true);
  private static final TapFlow DROPPING = flow(3, DB, false);

  private static Nic nic(String guest, String mac) {
    return new Nic(
        "a", guest, guest, mac, Set.of(), "br", guest, Optional.empty(), Optional.empty());
  }

  private static TapFlow flow(long id, Nic nic, boolean fit) {
    return new TapFlow(
        new UUID(2, id),
        "flow" + id,
        SERVICE.id(),
        new Source.Vnic(nic.guest(), nic.mac()),
        Direction.BOTH,
        new Treatment(Treatment.DEFAULT.filter(), Optional.empty(), Treatment.DEFAULT.strip(), fit),
        Optional.empty(),
        true,
        1);
  }

  private static MirrorView view(TapFlow... flows) {
    List<GroupIdentity> groups =
        List.of(flows).stream()
            .map(flow -> GroupIdentity.of(flow, flow.equals(FIRST) ? WEB : DB))
            .distinct()
            .toList();
    return new MirrorView(
        new Inventory(
            List.of(
                new Host(new UUID(3, 1), "a", "198.18.0.1", 1600, "m"),
                new Host(new UUID(3, 2), "b", "198.18.0.2", 1600, "m")),
            List.of(WEB, DB)),
        List.of(SERVICE),
        List.of(flows),
        groups.stream()
            .map(group -> new TapGroup(UUID.randomUUID(), group, groups.indexOf(group) + 1))
            .toList(),
        List.of(new ServiceReport(SERVICE.id(), "b", 1, Progress.READY, "", "tap-0")),
        List.of(),
        NOW);
  }

  private static GroupCount taken(long key, long mirrored, long unfit, long limited) {
    return count("a", key, mirrored, 0, unfit, limited);
  }

  private static GroupCount given(long key, long delivered) {
    return count("b", key, 0, delivered, 0, 0);
  }

  private static GroupCount count(
      String host, long key, long mirrored, long delivered, long unfit, long limited) {
    return new GroupCount(
        host,
        key,
        mirrored,
        delivered,
        unfit,
        limited,
        0,
        0,
        NOW.minusSeconds(3),
        new GroupCount.Raw(Map.of(), ""));
  }

  private static RecorderReading recorder(
      String filter, long before, long arrived, long received, long written) {
    return new RecorderReading(
        "r", List.of("tap-0"), filter, before, arrived, received, written, received - written);
  }

  private static Completeness of(
      MirrorView view, List<GroupCount> counts, RecorderReading... recorders) {
    return Completeness.of(SERVICE, view, counts, List.of(recorders), host -> true);
  }

  private static List<String> told(Completeness found) {
    return found.steps().stream()
        .map(step -> step.step() + " " + step.count() + " -" + step.missing() + " +" + step.more())
        .toList();
  }

  @Test
  void everyStepIsComparedWithTheOneBefore() {
    Completeness found =
        of(view(FIRST), List.of(taken(1, 100, 0, 0), given(1, 99)), recorder("", 8, 90, 90, 85));
    assertThat(told(found))
        .containsExactly(
            "mirrored 100 -0 +0",
            "delivered 99 -1 +0",
            "arrived 98 -1 +0",
            "received 90 -0 +0",
            "written 85 -5 +0");
    assertThat(found.ends()).isEmpty();
    assertThat(found.isShort()).isTrue();
    assertThat(found.steps().get(1).ageSeconds()).isEqualTo(3);
    assertThat(found.steps().get(4).said()).startsWith("5 dropped by the kernel");
  }

  @Test
  void whatWasDroppedAsToldIsNotExpected() {
    MirrorView view = view(FIRST, DROPPING);
    Completeness found =
        of(view, List.of(taken(1, 100, 7, 10), given(1, 90), taken(2, 50, 20, 0), given(2, 30)));
    assertThat(told(found)).containsExactly("mirrored 150 -0 +0", "delivered 120 -0 +0");
    assertThat(found.isComplete()).isTrue();
    assertThat(found.steps().get(1).said())
        .isEqualTo("10 dropped by the rate limit, 20 too long, and dropped as their flow says");
  }

  @Test
  void whatANicHadBeforeHidesNoLoss() {
    List<GroupCount> counts = List.of(taken(1, 100, 0, 0), given(1, 100));
    assertThat(of(view(FIRST), counts, recorder("", 8, 92, 92, 92)).isComplete()).isTrue();
    Completeness found = of(view(FIRST), counts, recorder("", 8, 95, 95, 95));
    assertThat(found.isComplete()).isFalse();
    assertThat(found.isShort()).isFalse();
    assertThat(found.steps()).last().extracting(Step::step).isEqualTo("arrived");
    assertThat(found.ends()).startsWith("tap-0 had 3 before these flows");
  }

  @Test
  void whatWasDeliveredWhereTheServiceWasBeforeCountsToo() {
    List<GroupCount> counts =
        List.of(taken(1, 100, 0, 0), given(1, 60), count("c", 1, 0, 40, 0, 0));
    assertThat(Copies.of(FIRST, view(FIRST), counts)).hasToString("100 of 100 delivered");
    assertThat(of(view(FIRST), counts).isComplete()).isTrue();
  }

  @Test
  void ofOneFlowAmongSeveralNobodyKnowsWhatTheLimitDropped() {
    List<GroupCount> counts =
        List.of(taken(1, 0, 0, 40), given(1, 0), taken(2, 100, 0, 0), given(2, 60));
    MirrorView view = view(FIRST, DROPPING);
    Completeness one = Completeness.of(DROPPING, view, counts, List.of(), host -> true);
    assertThat(told(one)).containsExactly("mirrored 100 -0 +0");
    assertThat(one.ends()).isEqualTo("the limit is counted for all flows together");
    assertThat(told(of(view, counts))).containsExactly("mirrored 100 -0 +0", "delivered 60 -0 +0");
  }

  @Test
  void theChainEndsWhereNobodySeesFurther() {
    List<GroupCount> counts = List.of(taken(1, 5, 0, 0), given(1, 5));
    assertThat(of(view(FIRST), counts).ends()).contains("no recorder", "tap-0");
    Completeness filtered = of(view(FIRST), counts, recorder("udp", 0, 5, 2, 2));
    assertThat(filtered.steps()).last().extracting(Step::step).isEqualTo("arrived");
    assertThat(filtered.ends()).contains("filter");
    assertThat(
            Completeness.of(
                    SERVICE, view(FIRST), counts, List.of(recorder("", 0, 5, 5, 5)), host -> false)
                .ends())
        .contains("not seen from here");
    Completeness one =
        Completeness.of(
            FIRST, view(FIRST, DROPPING), counts, List.of(recorder("", 0, 5, 5, 5)), host -> true);
    assertThat(one.steps()).hasSize(2);
    assertThat(one.ends()).contains("all flows of tap service deck");
  }

  @Test
  void flowsOfOneGroupShareItsFigures() {
    MirrorView view = view(FIRST, SECOND);
    List<GroupCount> counts = List.of(taken(1, 5, 0, 0), given(1, 5));
    assertThat(Copies.of(FIRST, view, counts))
        .isEqualTo(Copies.of(SECOND, view, counts))
        .hasToString("5 of 5 delivered (shared)");
    assertThat(Copies.of(SERVICE, view, counts)).hasToString("5 of 5 delivered");
  }
}
