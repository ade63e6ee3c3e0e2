package io.tapdeck.capture.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.capture.segment.Retention.Held;
import io.tapdeck.capture.segment.Retention.Space;
import io.tapdeck.capture.unit.DataSize;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class RetentionChoiceTest {
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
  private static final int OLDEST_SECONDS = 1000;
  private static final int LARGEST = 10_000;
  private static final long BLOCK = 512;

  @Property
  void nothingThatIsProtectedIsRemoved(
      @ForAll("limits") RetentionLimits limits,
      @ForAll("segments") List<Held> all,
      @ForAll("spaces") Space space) {
    assertThat(Retention.choose(limits, all, NOW, space))
        .isSubsetOf(all)
        .doesNotHaveDuplicates()
        .allMatch(Held::removable);
  }

  @Property
  void theOldestGoFirstUnlessTooOldThemselves(
      @ForAll("limits") RetentionLimits limits,
      @ForAll("segments") List<Held> all,
      @ForAll("spaces") Space space) {
    List<Held> chosen = Retention.choose(limits, all, NOW, space);
    assertThat(chosen)
        .isSortedAccordingTo(
            (one, other) -> SegmentName.OLDEST_FIRST.compare(one.name(), other.name()));
    List<Held> inTime =
        all.stream().filter(one -> one.removable() && !isTooOld(limits, one)).toList();
    List<Held> chosenInTime = chosen.stream().filter(one -> !isTooOld(limits, one)).toList();
    assertThat(chosenInTime).isEqualTo(inTime.subList(0, chosenInTime.size()));
  }

  @Property
  void afterwardsTheLimitsHoldOrNothingRemovableIsLeft(
      @ForAll("limits") RetentionLimits limits,
      @ForAll("segments") List<Held> all,
      @ForAll("spaces") Space space) {
    List<Held> chosen = Retention.choose(limits, all, NOW, space);
    List<Held> left = without(all, chosen);
    List<Held> leftRemovable = left.stream().filter(Held::removable).toList();
    assertThat(leftRemovable).noneMatch(one -> isTooOld(limits, one));
    if (!leftRemovable.isEmpty()) {
      assertThat(isOver(limits, all, left, space)).isFalse();
    }
  }

  @Property
  void noMoreIsRemovedThanItTakes(
      @ForAll("limits") RetentionLimits limits,
      @ForAll("segments") List<Held> all,
      @ForAll("spaces") Space space) {
    List<Held> chosen = Retention.choose(limits, all, NOW, space);
    Optional<Held> last =
        chosen.stream().filter(one -> !isTooOld(limits, one)).reduce((one, other) -> other);
    if (last.isPresent()) {
      List<Held> oneLess = new ArrayList<>(chosen);
      oneLess.remove(last.get());
      assertThat(isOver(limits, all, without(all, oneLess), space)).isTrue();
    }
  }

  @Property
  void withoutLimitsEverythingIsKept(
      @ForAll("segments") List<Held> all, @ForAll("spaces") Space space) {
    assertThat(Retention.choose(RetentionLimits.NONE, all, NOW, space)).isEmpty();
  }

  private static boolean isTooOld(RetentionLimits limits, Held segment) {
    return limits
        .age()
        .map(age -> Duration.between(segment.last(), NOW).compareTo(age) > 0)
        .orElse(false);
  }

  /** Whether a limit besides the age is exceeded. */
  private static boolean isOver(
      RetentionLimits limits, List<Held> all, List<Held> left, Space space) {
    long bytes = left.stream().mapToLong(Held::bytes).sum();
    long blocks =
        without(all, left).stream().mapToLong(one -> (one.bytes() + BLOCK - 1) / BLOCK + 1).sum();
    long free = space.usable() + blocks * BLOCK;
    return limits.files().map(files -> left.size() > files).orElse(false)
        || limits.bytes().map(most -> bytes > most.bytes()).orElse(false)
        || limits.freePercent().map(part -> free < space.total() * part / 100).orElse(false);
  }

  private static List<Held> without(List<Held> all, List<Held> some) {
    return all.stream().filter(one -> !some.contains(one)).toList();
  }

  @Provide
  Arbitrary<RetentionLimits> limits() {
    return Combinators.combine(
            Arbitraries.longs().between(1, 10 * LARGEST).map(DataSize::new).optional(),
            Arbitraries.integers().between(1, 15).optional(),
            Arbitraries.integers().between(1, OLDEST_SECONDS).map(Duration::ofSeconds).optional(),
            Arbitraries.integers().between(1, 99).optional())
        .as(RetentionLimits::new);
  }

  @Provide
  Arbitrary<Space> spaces() {
    return Arbitraries.longs()
        .between(1, 20 * LARGEST)
        .flatMap(total ->
            Arbitraries.longs().between(0, total).map(usable -> new Space(total, usable, BLOCK)));
  }

  /** As a directory has them: sorted; some of the same time, some protected, some empty. */
  @Provide
  Arbitrary<List<Held>> segments() {
    Arbitrary<Held> segment =
        Combinators.combine(
                Arbitraries.integers().between(0, OLDEST_SECONDS),
                Arbitraries.integers().between(1, 999),
                Arbitraries.longs().between(0, LARGEST),
                Arbitraries.integers().between(0, 100).optional(),
                Arbitraries.of(true, true, true, false))
            .as((secondsAgo, number, bytes, lasted, removable) -> {
              Instant opened = NOW.minusSeconds(secondsAgo);
              SegmentName name = new SegmentName(opened, number);
              Instant last = lasted.map(opened::plusSeconds).orElse(null);
              Contents contents = new Contents(last == null ? 0 : 1, 0, bytes, last, last);
              return new Held(name, Sidecar.of(name, 1, contents, null, null, null), removable);
            });
    return segment
        .list()
        .uniqueElements(Held::name)
        .ofMaxSize(20)
        .map(list ->
            list.stream()
                .sorted((one, other) -> SegmentName.OLDEST_FIRST.compare(one.name(), other.name()))
                .toList());
  }
}
