package io.tapdeck.replay.pace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.NotEmpty;
import org.junit.jupiter.api.Test;

class TimingErrorsTest {
  @Property
  void aQuantileIsNoLessThanTheExactOneAndNoMoreThanAThirtySecondAbove(
      @ForAll @NotEmpty List<Long> samples,
      @ForAll @DoubleRange(min = 0.01, max = 1) double quantile) {
    TimingErrors errors = new TimingErrors();
    samples.forEach(errors::record);
    long[] sorted =
        samples.stream()
            .mapToLong(sample -> sample == Long.MIN_VALUE ? Long.MAX_VALUE : Math.abs(sample))
            .sorted()
            .toArray();
    long exact = sorted[Math.max(1, (int) Math.ceil(quantile * sorted.length)) - 1];
    assertThat(errors.nanosAt(quantile)).isGreaterThanOrEqualTo(exact);
    assertThat(errors.nanosAt(quantile) - exact).isLessThanOrEqualTo(exact / 32);
    assertThat(errors.maxNanos()).isEqualTo(sorted[sorted.length - 1]);
    assertThat(errors.count()).isEqualTo(samples.size());
  }

  @Test
  void withoutSamplesAllIsZero() {
    assertThat(new TimingErrors().nanosAt(0.5)).isZero();
    assertThat(new TimingErrors().maxNanos()).isZero();
  }
}
