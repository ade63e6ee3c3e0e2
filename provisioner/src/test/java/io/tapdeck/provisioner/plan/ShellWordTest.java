package io.tapdeck.provisioner.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.provisioner.process.Command;
import org.junit.jupiter.api.Test;

class ShellWordTest {
  private static String read(String text) throws Exception {
    return Command.of("sh", "-c", "printf %s " + ShellWord.of(text)).demand();
  }

  @Test
  void aPlainWordStaysPlain() {
    assertThat(ShellWord.of("options:peer=tdg-1s")).isEqualTo("options:peer=tdg-1s");
  }

  @Test
  void aShellReadsBackWhatWasQuoted() throws Exception {
    for (String hostile :
        new String[] {
          "", "a b", "o'clock", "$(touch x)", "`x`", "\\", "a\nb", "\u001b[2J", "ü\u202eb"
        }) {
      assertThat(read(hostile)).isEqualTo(hostile);
      assertThat(ShellWord.of(hostile)).doesNotContain("\n", "\u001b", "\u202e");
    }
  }
}
