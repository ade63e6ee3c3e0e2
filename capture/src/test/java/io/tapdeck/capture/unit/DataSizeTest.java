package io.tapdeck.capture.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DataSizeTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "4096, 4096",
    "4096B, 4096",
    "1kB, 1000",
    "1KiB, 1024",
    "10GB, 10000000000",
    "1GiB, 1073741824",
    "1.5 MiB, 1572864",
    "64mib, 67108864",
    "7EiB, 8070450532247928832"
  })
  void sizesAreReadAsPeopleWriteThem(String text, long bytes) {
    assertThat(DataSize.parse(text)).isEqualTo(new DataSize(bytes));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "GiB", "-1", "1XB", "8EiB", "1 2", "1e3", "1.", "0x10"})
  void whatIsNoSizeIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> DataSize.parse(text));
  }

  @Property
  void wholeNumbersOfAUnitAreWrittenAsTheyAreRead(
      @ForAll @IntRange(min = 1, max = 1023) int number, @ForAll @IntRange(max = 5) int power) {
    DataSize size = new DataSize((long) number << (10 * power));
    assertThat(DataSize.parse(size.toString())).isEqualTo(size);
  }

  @Property
  void everySizeIsWrittenSoThatItReadsBackWithinAFewPercent(
      @ForAll @LongRange(min = 0, max = 1L << 62) long bytes) {
    long read = DataSize.parse(new DataSize(bytes).toString()).bytes();
    assertThat((double) read).isBetween(bytes * 0.95, bytes * 1.05);
  }
}
