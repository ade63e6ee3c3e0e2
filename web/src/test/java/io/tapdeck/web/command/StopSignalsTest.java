package io.tapdeck.web.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StopSignalsTest {
  private static final int PATIENCE_SECONDS = 30;

  @Test
  void aCommandThatIsAskedToEndEndsWithItsOwnStatus() throws Exception {
    assertThat(endOf("stops").status()).isEqualTo(7);
  }

  @Test
  void aCommandThatCannotBeAskedToEndIsEndedAtOnce() throws Exception {
    End end = endOf("throws");
    assertThat(end.status()).isEqualTo(ExitStatus.INCOMPLETE);
    assertThat(end.errors())
        .contains("java.lang.UnsatisfiedLinkError: not to be had")
        .hasLineCount(1);
  }

  private record End(int status, String errors) {}

  private static End endOf(String how) throws Exception {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    Victim.class.getName(),
                    how))
            .start();
    try {
      // It is ready when it says so.
      assertThat(process.getInputStream().read()).isPositive();
      // SIGTERM; the process's own destroy() would close its streams.
      process.toHandle().destroy();
      assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("it ended").isTrue();
      return new End(
          process.exitValue(),
          new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
    } finally {
      process.destroyForcibly();
    }
  }

  /** A command that goes on until it is asked to end. */
  static final class Victim {
    private Victim() {}

    public static void main(String[] arguments) throws InterruptedException {
      CountDownLatch asked = new CountDownLatch(1);
      Runnable stop =
          switch (arguments[0]) {
            case "stops" -> asked::countDown;
            default ->
                () -> {
                  throw new UnsatisfiedLinkError("not to be had");
                };
          };
      try (StopSignals signals = new StopSignals(stop)) {
        System.out.println("ready");
        asked.await();
        signals.end(7);
      }
    }
  }
}
