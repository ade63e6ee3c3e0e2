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

  @Property
  void theHistogramHasEveryErrorOnceInTheBucketOfItsSize(@ForAll List<Long> samples) {
    TimingErrors errors = new TimingErrors();
    samples.forEach(errors::record);
    long from = 0;
    for (TimingErrors.Bucket bucket : errors.doubling(1_024)) {
      long least = from;
      assertThat(bucket.count())
          .isEqualTo(
              samples.stream()
                  .mapToLong(one -> one == Long.MIN_VALUE ? Long.MAX_VALUE : Math.abs(one))
                  .filter(one ->
                      one >= least && (one < bucket.bound() || bucket.bound() == Long.MAX_VALUE))
                  .count());
      from = bucket.bound();
    }
    assertThat(errors.doubling(1_024).stream().mapToLong(TimingErrors.Bucket::count).sum())
        .isEqualTo(samples.size());
  }

  @Test
  void theHistogramEndsWithTheLargestError() {
    TimingErrors errors = new TimingErrors();
    assertThat(errors.doubling(1_024)).isEmpty();
    errors.record(0);
    errors.record(-1_023);
    errors.record(1_024);
    errors.record(5_000);
    assertThat(errors.doubling(1_024))
        .containsExactly(
            new TimingErrors.Bucket(1_024, 2),
            new TimingErrors.Bucket(2_048, 1),
            new TimingErrors.Bucket(4_096, 0),
            new TimingErrors.Bucket(8_192, 1));
  }
}
