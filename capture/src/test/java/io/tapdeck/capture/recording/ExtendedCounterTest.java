package io.tapdeck.capture.recording;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

class ExtendedCounterTest {
  static final long MOST_BETWEEN_READINGS = 0xFFFF_FFFFL;

  @Property
  void itCountsAcrossEveryWrapOfTheCounterBelow(
      @ForAll int start,
      @ForAll List<@LongRange(min = 0, max = MOST_BETWEEN_READINGS) Long> steps) {
    ExtendedCounter counter = new ExtendedCounter(start);
    long events = 0;
    for (long step : steps) {
      events += step;
      counter.read((int) (start + events));
      assertThat(counter.value()).isEqualTo(events);
    }
  }
}
