package io.tapdeck.provisioner.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.provisioner.agent.CounterLedger.Counted;
import io.tapdeck.provisioner.agent.CounterLedger.Sources;
import io.tapdeck.provisioner.agent.CounterLedger.What;
import io.tapdeck.provisioner.mirror.GroupCount;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class CounterLedgerTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_000_000);
  private static final String RUN = "1 of 1";

  private static Sources of(Map<String, Counted> sources) {
    return new Sources(sources, Set.of(), Set.of());
  }

  private static Sources mirrored(String flow, long key) {
    return of(Map.of(flow, new Counted(What.MIRRORED, key)));
  }

  private static GroupCount count(CounterLedger ledger, long key) {
    return ledger.counts("h").stream()
        .filter(count -> count.key() == key)
        .findFirst()
        .orElseThrow();
  }

  /** What happens to a switch and its agent. */
  enum Event {
    PACKETS,
    READING,
    SWITCH_RESTARTED,
    FLOW_DELETED,
    FLOW_REPLACED,
    PORT_RENUMBERED,
    AGENT_RESTARTED
  }

  /** A switch with one flow, and an agent that reads it. */
  private static final class World {
    private CounterLedger ledger = new CounterLedger();
    private final Map<String, Long> flows = new HashMap<>(Map.of("port 1", 0L));
    private int port = 1;
    private int run = 1;
    private long all;
    private long told;
    private long starts;

    void happens(Event event) {
      switch (event) {
        case PACKETS -> {
          all += 7;
          flows.computeIfPresent(flow(), (name, counter) -> counter + 7);
          flows.putIfAbsent(flow(), 0L);
        }
        case READING -> read();
        case SWITCH_RESTARTED -> {
          run++;
          restart();
        }
        case FLOW_REPLACED -> restart();
        case FLOW_DELETED -> {
          flows.clear();
          starts++;
          read();
          flows.put(flow(), 0L);
        }
        case PORT_RENUMBERED -> {
          port++;
          restart();
        }
        case AGENT_RESTARTED -> {
          List<GroupCount> rows = ledger.counts("h");
          ledger = new CounterLedger();
          ledger.restore(rows);
        }
      }
    }

    private void restart() {
      flows.clear();
      flows.put(flow(), 0L);
      starts++;
    }

    private String flow() {
      return "port " + port;
    }

    private void read() {
      ledger.read(mirrored(flow(), 5), "run " + run, flows, NOW);
      long now = ledger.counts("h").stream().mapToLong(GroupCount::mirrored).sum();
      assertThat(now).isBetween(told, all);
      told = now;
      assertThat(ledger.counts("h").stream().mapToLong(GroupCount::interruptions).sum())
          .isLessThanOrEqualTo(starts);
    }
  }

  @Provide
  Arbitrary<List<Event>> events() {
    return Arbitraries.of(Event.class).list().ofMaxSize(60);
  }

  @Property
  void whateverHappensNothingIsCountedTwiceAndNoSumFalls(@ForAll("events") List<Event> events) {
    World world = new World();
    events.forEach(world::happens);
    world.read();
  }

  @Property
  void whatIsReadBeforeACounterEndsIsNotLost(@ForAll("events") List<Event> events) {
    World world = new World();
    for (Event event : events) {
      world.read();
      world.happens(event);
    }
    world.read();
    assertThat(world.told).isEqualTo(world.all);
  }

  @Test
  void aFlowThatComesToAnotherGroupCountsForItFromThenOn() {
    CounterLedger ledger = new CounterLedger();
    ledger.read(mirrored("port 1", 5), RUN, Map.of("port 1", 10L), NOW);
    ledger.read(mirrored("port 1", 6), RUN, Map.of("port 1", 13L), NOW);
    assertThat(count(ledger, 5).mirrored()).isEqualTo(10);
    assertThat(count(ledger, 6).mirrored()).isEqualTo(3);
    assertThat(count(ledger, 6).interruptions()).isZero();
    ledger.retain(Set.of(6L));
    assertThat(ledger.counts("h")).hasSize(1);
  }

  @Test
  void aFlowThatWasThereForNobodyCountsForAGroupFromThenOn() {
    CounterLedger ledger = new CounterLedger();
    ledger.aboutToChange(RUN, Map.of("port 1", 10L));
    ledger.read(mirrored("port 1", 5), RUN, Map.of("port 1", 11L), NOW);
    assertThat(count(ledger, 5).mirrored()).isEqualTo(1);
  }

  @Test
  void anInterruptionIsToldOnceForAGroup() {
    CounterLedger ledger = new CounterLedger();
    Sources both =
        of(Map.of("a", new Counted(What.MIRRORED, 5), "b", new Counted(What.REPEATED, 5)));
    ledger.read(both, RUN, Map.of("a", 10L, "b", 20L), NOW);
    ledger.read(both, "2 of 2", Map.of(), NOW);
    ledger.read(both, "2 of 2", Map.of("a", 1L, "b", 2L), NOW);
    assertThat(count(ledger, 5).mirrored()).isEqualTo(11);
    assertThat(count(ledger, 5).repeated()).isEqualTo(22);
    assertThat(count(ledger, 5).interruptions()).isOne();
  }

  @Test
  void whatIsTakenHereAndNotDroppedIsDeliveredHere() {
    Map<String, Counted> counted =
        Map.of(
            "a", new Counted(What.MIRRORED, 5),
            "meter", new Counted(What.UNFIT, 5),
            "band", new Counted(What.LIMITED, 5));
    CounterLedger cutting = new CounterLedger();
    CounterLedger dropping = new CounterLedger();
    CounterLedger elsewhere = new CounterLedger();
    Map<String, Long> counters = Map.of("a", 100L, "meter", 10L, "band", 20L);
    cutting.read(new Sources(counted, Set.of(5L), Set.of()), RUN, counters, NOW);
    dropping.read(new Sources(counted, Set.of(5L), Set.of(5L)), RUN, counters, NOW);
    elsewhere.read(new Sources(counted, Set.of(), Set.of(5L)), RUN, counters, NOW);
    assertThat(count(cutting, 5).delivered()).isEqualTo(80);
    assertThat(count(dropping, 5).delivered()).isEqualTo(70);
    assertThat(count(elsewhere, 5).delivered()).isZero();
  }

  @Test
  void aDropThatIsKnownBeforeItsCopyMakesNoDeliveredCopyFall() {
    Sources sources =
        new Sources(
            Map.of("a", new Counted(What.MIRRORED, 5), "band", new Counted(What.LIMITED, 5)),
            Set.of(5L),
            Set.of());
    CounterLedger first = new CounterLedger();
    first.read(sources, RUN, Map.of("a", 100L, "band", 0L), NOW);
    first.read(sources, RUN, Map.of("a", 100L, "band", 30L), NOW);
    assertThat(count(first, 5).delivered()).isEqualTo(100);
    CounterLedger second = new CounterLedger();
    second.restore(first.counts("h"));
    second.read(sources, RUN, Map.of("a", 150L, "band", 30L), NOW);
    assertThat(count(second, 5).delivered()).isEqualTo(120);
  }

  @Test
  void whatIsReadTogetherWithAnInterruptionIsDeliveredToo() {
    Sources sources = new Sources(Map.of("a", new Counted(What.MIRRORED, 5)), Set.of(5L), Set.of());
    CounterLedger ledger = new CounterLedger();
    ledger.read(sources, RUN, Map.of("a", 100L), NOW);
    ledger.read(sources, "2 of 2", Map.of("a", 7L), NOW);
    assertThat(count(ledger, 5).interruptions()).isOne();
    assertThat(count(ledger, 5).mirrored()).isEqualTo(107);
    assertThat(count(ledger, 5).delivered()).isEqualTo(107);
  }

  @Test
  void aMeterThatIsChangedAfterItWasReadIsNoInterruption() {
    Sources sources = of(Map.of("band=1", new Counted(What.LIMITED, 5)));
    CounterLedger ledger = new CounterLedger();
    ledger.read(sources, RUN, Map.of("band=1", 30L), NOW);
    ledger.aboutToChange(RUN, Map.of("band=1", 30L));
    ledger.replaced("band=1");
    ledger.read(sources, RUN, Map.of("band=1", 2L), NOW);
    assertThat(count(ledger, 5).limited()).isEqualTo(32);
    assertThat(count(ledger, 5).interruptions()).isZero();
  }

  @Test
  void aLimitDropsCopiesOfTheGroupsThatHaveThem() {
    Sources sources =
        new Sources(
            Map.of(
                "a", new Counted(What.MIRRORED, 5),
                "b", new Counted(What.MIRRORED, 6),
                "c", new Counted(What.MIRRORED, 7),
                "band", new Counted(What.LIMITED, 5)),
            Set.of(5L, 6L, 7L),
            Set.of(),
            Map.of(5L, Set.of(5L, 6L, 7L)));
    CounterLedger ledger = new CounterLedger();
    ledger.read(sources, RUN, Map.of("a", 0L, "b", 100L, "c", 0L, "band", 40L), NOW);
    assertThat(count(ledger, 6).delivered()).isEqualTo(60);
    // 20 of these are not seen as copies yet.
    ledger.read(sources, RUN, Map.of("a", 0L, "b", 130L, "c", 10L, "band", 100L), NOW);
    assertThat(count(ledger, 6).delivered()).isEqualTo(60);
    assertThat(count(ledger, 7).delivered()).isZero();
    ledger.read(sources, RUN, Map.of("a", 0L, "b", 150L, "c", 10L, "band", 100L), NOW);
    assertThat(count(ledger, 5).delivered()).isZero();
    assertThat(count(ledger, 6).delivered()).isEqualTo(60);
    assertThat(count(ledger, 7).delivered()).isZero();
    ledger.read(sources, RUN, Map.of("a", 0L, "b", 180L, "c", 40L, "band", 120L), NOW);
    assertThat(count(ledger, 6).delivered()).isEqualTo(80);
    assertThat(count(ledger, 7).delivered()).isEqualTo(20);
  }
}
