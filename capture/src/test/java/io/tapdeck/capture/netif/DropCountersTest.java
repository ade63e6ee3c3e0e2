package io.tapdeck.capture.netif;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class DropCountersTest {
  @Test
  void aCounterThatFellHasCountedFromZero() {
    DropCounters before = new DropCounters(100, 20, 3);
    assertThat(new DropCounters(4, 25, 3).since(before)).isEqualTo(new DropCounters(4, 5, 0));
  }

  @Property
  void theSumOfWhatWasDroppedNeverFalls(
      @ForAll List<@LongRange(min = 0, max = 1000) Long> readings) {
    DropCounters before = DropCounters.ZERO;
    DropCounters sum = DropCounters.ZERO;
    for (long reading : readings) {
      DropCounters now = new DropCounters(reading, 0, reading / 2);
      DropCounters more = sum.plus(now.since(before));
      assertThat(more.total()).isGreaterThanOrEqualTo(sum.total());
      assertThat(more.total()).isGreaterThanOrEqualTo(now.total());
      before = now;
      sum = more;
    }
  }
}
