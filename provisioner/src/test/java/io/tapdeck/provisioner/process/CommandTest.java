package io.tapdeck.provisioner.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class CommandTest {
  @Test
  void whatItReadsAndSaysPassesThrough() throws Exception {
    assertThat(Command.of("cat").withInput("ü\n").demand()).isEqualTo("ü\n");
  }

  @Test
  @Timeout(10)
  void aChildThatHoldsTheOutputOpenDoesNotHoldTheCaller() {
    assertThatThrownBy(limited("", "sh", "-c", "sleep 20 &")::run)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("did not end");
  }

  @Test
  @Timeout(10)
  void aProgramThatDoesNotReadItsInputDoesNotHoldTheCaller() {
    assertThatThrownBy(limited("x".repeat(1 << 20), "sleep", "20")::run)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("did not end");
  }

  private static Command limited(String input, String... arguments) {
    return new Command(List.of(arguments), Map.of(), input, Duration.ofSeconds(1));
  }
}
