package io.tapdeck.replay.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimePointTest {
  @ParameterizedTest
  @CsvSource({
    "2026-11-23T13:57:19.123456789Z, 1795442239123456789",
    "2026-11-23T14:57:19.123456789+01:00, 1795442239123456789",
    "2026-11-23T13:57:19Z, 1795442239000000000",
    "2026-11-23T13:57Z, 1795442220000000000",
    "1970-01-01T00:00:00Z, 0",
    "0, 0",
    "1795442239, 1795442239000000000",
    "1795442239.000000001, 1795442239000000001",
    "1795442239.5, 1795442239500000000",
    "9223372036.854775807, 9223372036854775807"
  })
  void timesByTheClockAreRead(String text, long nanos) {
    assertThat(TimePoint.parse(text)).isEqualTo(new TimePoint.At(nanos));
  }

  @ParameterizedTest
  @CsvSource({
    "+0s, 0",
    "+90s, 90000000000",
    "+1m30s, 90000000000",
    "+1.5h, 5400000000000",
    "+1d2h3m4s5ms6us7ns, 93784005006007",
    "+0.000000001s, 1",
    "+500ms, 500000000"
  })
  void timesSinceTheFirstFrameAreRead(String text, long nanos) {
    assertThat(TimePoint.parse(text)).isEqualTo(new TimePoint.Since(nanos));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "+",
        "-1s",
        "+-1s",
        "90s",
        "+90",
        "+30s1m",
        "+1m1m",
        "+1 m",
        "+1M",
        "+.5s",
        "+5.s",
        "+0.0000000001s",
        "+0.1ns",
        "+1e3s",
        "+999999999999d",
        "2026-11-23",
        "2026-11-23T13:57:19",
        "2026-11-23 13:57:19Z",
        "2026-02-30T00:00:00Z",
        "2026-11-23T25:00:00Z",
        "1969-12-31T23:59:59Z",
        "2263-01-01T00:00:00Z",
        "9223372036.854775808",
        "99999999999",
        "1.0000000001",
        "0x10",
        "٣",
        "now"
      })
  void whatIsNoTimeIsRefusedInOneLine(String text) {
    assertThatThrownBy(() -> TimePoint.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .isNotBlank()
        .doesNotContain("\n");
  }

  @Test
  void timesAreShownSoThatTheyCanBeReadAgain() {
    for (String text : new String[] {"2026-11-23T13:57:19.123456789Z", "+0s", "+90s", "+0.5s"}) {
      TimePoint point = TimePoint.parse(text);
      assertThat(point.toString()).isEqualTo(text);
      assertThat(TimePoint.parse(point.toString())).isEqualTo(point);
    }
    assertThat(TimePoint.parse(TimePoint.parse("+100s").toString()))
        .isEqualTo(TimePoint.parse("+100s"));
  }

  @Test
  void selectionsOfNothingAreRefusedByTheOptionsName() {
    assertRefused("--to", "2026-11-23T13:57:19Z", "2026-11-23T13:57:19Z", 0, 1, 1);
    assertRefused("--to", "+90s", "+1m30s", 0, 1, 1);
    assertRefused("--skip", "+0s", "+1s", -1, 1, 1);
    assertRefused("--limit", "+0s", "+1s", 0, 0, 1);
    assertRefused("--duration", "+0s", "+1s", 0, 1, 0);
  }

  private static void assertRefused(
      String option, String from, String to, long skip, long limit, long seconds) {
    assertThatThrownBy(() ->
            new Selection(
                "",
                Optional.of(TimePoint.parse(from)),
                Optional.of(TimePoint.parse(to)),
                skip,
                OptionalLong.of(limit),
                Optional.of(Duration.ofSeconds(seconds))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(option);
  }

  @Test
  void aRangeOfBothKindsIsDecidedWhenTheStartIsKnown() {
    Selection both = NumberedFrames.range("1700000000", "+10s");
    assertThat(TimeRange.of(both, 1_700_000_005_000_000_000L))
        .isEqualTo(new TimeRange(1_700_000_000_000_000_000L, 1_700_000_015_000_000_000L));
    assertThat(TimeRange.of(NumberedFrames.range("+1000000h", null), Long.MAX_VALUE - 5).from())
        .isEqualTo(Long.MAX_VALUE);
  }
}
