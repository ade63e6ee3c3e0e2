package io.tapdeck.capture.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimestampScaleTest {
  @Property(tries = 20_000)
  void anyTimeIsConvertedAsIfNumbersHadNoEnd(
      @ForAll long ticks, @ForAll byte resolution, @ForAll long offset) {
    check(ticks, resolution, offset);
    check(ticks, resolution, 0);
  }

  @Property(tries = 20_000)
  void timesOfThisCenturyAreConvertedExactly(
      @ForAll @LongRange(min = 0, max = 4_102_444_800L) long seconds,
      @ForAll byte resolution,
      @ForAll @LongRange(min = -4_102_444_800L, max = 4_102_444_800L) long offset) {
    BigInteger base = BigInteger.valueOf(resolution < 0 ? 2 : 10);
    BigInteger ticks = base.pow(resolution & 0x7F).multiply(BigInteger.valueOf(seconds));
    if (ticks.bitLength() <= Long.SIZE) {
      check(ticks.longValue(), resolution, offset);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "9, 0, 1700000000123456789, 1700000000123456789",
    "6, 0, 1700000000123456, 1700000000123456000",
    "0, 0, 1700000000, 1700000000000000000",
    "12, 0, 1999, 1",
    "6, 1000000000, 700000000123456, 1700000000123456000",
    "6, -5, 4999999, 0",
    "6, -5, 5000001, 1000",
    "-118, 0, 1740800001, 1700000000976562",
    "9, 0, -1, 9223372036854775807",
    "6, 0, 9223372036854776, 9223372036854775807",
    "6, 0, 9223372036854775, 9223372036854775000"
  })
  void examples(byte resolution, long offset, long ticks, long nanos) {
    assertThat(new TimestampScale(resolution, offset).toNanos(ticks)).isEqualTo(nanos);
  }

  private static void check(long ticks, byte resolution, long offset) {
    BigInteger exact = PcapngFile.nanos(ticks, resolution, offset);
    BigInteger nearest = exact.max(BigInteger.ZERO).min(BigInteger.valueOf(Long.MAX_VALUE));
    assertThat(new TimestampScale(resolution, offset).toNanos(ticks))
        .as("%s ticks of resolution %s from %s", Long.toUnsignedString(ticks), resolution, offset)
        .isEqualTo(nearest.longValueExact());
  }
}
