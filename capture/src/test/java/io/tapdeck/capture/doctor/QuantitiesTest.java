package io.tapdeck.capture.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is measured, as it is said. */
class QuantitiesTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0 B/s",
    "999, 999 B/s",
    "1000, 1.00 kB/s",
    "12345, 12.3 kB/s",
    "1430000000, 1.43 GB/s",
    "1e30, 1000000000000000 PB/s"
  })
  void ratesHaveADecimalPrefix(double perSecond, String text) {
    assertThat(Quantities.rate(perSecond, "B/s")).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"0, 0 us", "812000, 812 us", "12500000, 12.5 ms", "3210000000, 3.21 s"})
  void durationsHaveTheUnitThatSuits(long nanos, String text) {
    assertThat(Quantities.duration(Duration.ofNanos(nanos))).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "12.4, 12 s",
    "84, 84 s",
    "120, 2 min",
    "1320, 22 min",
    "12000, 3 h 20 min",
    "1e6, 11 d",
    "Infinity, 1491308 d"
  })
  void longTimesAreRough(double seconds, String text) {
    assertThat(Quantities.longTime(seconds)).isEqualTo(text);
  }

  @Test
  void theLossFreeRateIsBoundByTheDiskOrByTheBuffers() {
    LossFreeRate disk = LossFreeRate.of(1e9, Duration.ofMillis(5), 64 << 20);
    assertThat(disk).isEqualTo(new LossFreeRate(8e8, false));
    // 1514 of 1530 bytes are the frame's.
    assertThat(disk.bitsPerSecond()).isEqualTo(8e8 / 1530 * 1514 * 8);
    assertThat(disk.framesPerSecond()).isEqualTo(8e8 / 1530);
    assertThat(LossFreeRate.of(1e9, Duration.ofMillis(500), 100_000_000))
        .isEqualTo(new LossFreeRate(2e8, true));
    assertThat(LossFreeRate.of(1e9, Duration.ZERO, 1).boundByBuffers()).isFalse();
  }

  @Test
  void onlyWhatIsNotGoodHasARemedy() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Finding("x", Grade.GOOD, "y", Optional.of("do"), Map.of()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Finding("x", Grade.BAD, "y", Optional.empty(), Map.of()));
  }

  /** The shell itself is the judge. */
  @Property(tries = 50)
  void aShellReadsTheWordsAsTheyWere(
      @ForAll @Size(min = 1, max = 4) java.util.List<@NotEmpty String> words) throws Exception {
    String[] plain =
        words.stream().map(word -> word.replaceAll("[\\p{C}]", "?")).toArray(String[]::new);
    String command = ShellWords.of(plain);
    Process shell =
        new ProcessBuilder(
                "sh", "-c", "for word in " + command + "; do printf '%s\\n' \"$word\"; done")
            .redirectErrorStream(true)
            .start();
    assertThat(new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .isEqualTo(String.join("\n", plain) + "\n");
  }
}
