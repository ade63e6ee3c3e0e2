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
  void aChildThatHoldsTheOutputOpenDoesNotHoldTheCaller() throws Exception {
    // The pause lets the reader wait for more, as it nearly always does. If it does not yet, the
    // JDK ends the output with the program, and all that it said is there. Both are right answers.
    try {
      assertThat(limited("", "sh", "-c", "echo said; sleep 20 & sleep 0.3").run())
          .isEqualTo(new Command.Output(0, "said\n", ""));
    } catch (IOException held) {
      assertThat(held).hasMessageContaining("did not end");
    }
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
