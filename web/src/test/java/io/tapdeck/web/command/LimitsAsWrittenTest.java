package io.tapdeck.web.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapdeck.capture.recording.StopLimit;
import io.tapdeck.capture.unit.DataSize;
import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class LimitsAsWrittenTest {
  @ParameterizedTest
  @CsvSource({"500ms, PT0.5S", "10s, PT10S", "1.5h, PT1H30M", "2 m, PT2M", "1d, PT24H", "0s, PT0S"})
  void lengthsOfTimeAreReadAsPeopleWriteThem(String text, Duration time) {
    assertThat(new Durations().convert(text)).isEqualTo(time);
  }

  @Property
  void everyNumberOfSecondsReadsBack(@ForAll @IntRange(max = 999_999_999) int seconds) {
    assertThat(new Durations().convert(seconds + "s")).isEqualTo(Duration.ofSeconds(seconds));
  }

  @Test
  void aLimitIsATimeASizeOrANumberOfPackets() {
    StopLimits limits = new StopLimits();
    assertThat(limits.convert("10s")).isEqualTo(new StopLimit.Time(Duration.ofSeconds(10)));
    assertThat(limits.convert("1GiB")).isEqualTo(new StopLimit.Size(DataSize.ofMebibytes(1024)));
    assertThat(limits.convert("1000p")).isEqualTo(new StopLimit.Packets(1000));
    assertThat(limits.convert("4KiB")).isEqualTo(new StopLimit.Size(new DataSize(4096)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0s", "0p", "0", "10x", "-1s", "s", "1.5p", "9999999999p9", "4096"})
  void whatIsNoLimitIsRefused(String text) {
    assertThatThrownBy(() -> new StopLimits().convert(text))
        .isInstanceOf(TypeConversionException.class);
  }

  @Test
  void aPercentageIsAWholeNumberWithItsSign() {
    assertThat(new Percentages().convert("10%")).isEqualTo(10);
    assertThat(new Percentages().convert("5 %")).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "%", "10", "1.5%", "-1%", "1000%", "10%%"})
  void whatIsNoPercentageIsRefused(String text) {
    assertThatThrownBy(() -> new Percentages().convert(text))
        .isInstanceOf(TypeConversionException.class);
  }
}
