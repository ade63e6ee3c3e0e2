package io.tapdeck.web.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tapdeck tap}: from nothing to a guest's traffic on disk, and back to nothing. */
@Tag("lab")
class TapCommandIT {
  private static final String NUMBERED = "udp port 7777";
  private static final int COUNT = 500;

  @SuppressWarnings("NullAway.Init")
  private static Lab lab;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @BeforeAll
  static void up() {
    lab = Lab.up();
  }

  @AfterAll
  static void down() {
    lab.close();
  }

  private Command tap(String... options) {
    String[] words = new String[options.length + 6];
    System.arraycopy(
        new String[] {"tap", "a1", "-f", NUMBERED, "-o", "" + directory}, 0, words, 0, 6);
    System.arraycopy(options, 0, words, 6, options.length);
    return lab.startTapdeck(words);
  }

  private static void assertNothingLeft() {
    assertThat(lab.tapdeck("tap-flow-list", "--json").json()).isEmpty();
    assertThat(lab.tapdeck("tap-service-list", "--json").json()).isEmpty();
    Await.until("nothing of the mirrors to be left", () -> lab.ours().isEmpty());
  }

  @Test
  void allOfAGuestsTrafficIsRecordedUntilItIsToldToEnd() {
    Recording.Summary summary;
    try (Command tap = tap("--json", "--", "--rotate-packets", "600")) {
      tap.awaitOutput(text -> text.contains("recording on "));
      lab.lab("traffic", "numbered", "a1", "a2", "--count", "" + COUNT);
      tap.signal("TERM");
      Command.Result result = tap.await();
      assertThat(result.status()).as(result.err()).isZero();
      summary = Recording.Summary.of(result.json(), directory);
    }
    assertThat(summary.files()).hasSize(2);
    assertThat(Judge.fields(summary.files(), "udp.dstport == 7777", "udp.payload"))
        .hasSize(COUNT)
        .doesNotHaveDuplicates();
    assertNothingLeft();
  }

  @Test
  void itEndsByItselfAfterItsTime() {
    try (Command tap = tap("--for", "2s")) {
      Command.Result result = tap.await();
      assertThat(result.status()).as(result.err()).isZero();
      assertThat(result.err()).contains("mirroring a1 to host ", "recording on tap-");
    }
    assertNothingLeft();
  }

  @Test
  void whatCannotBeRecordedLeavesNothingEither() {
    try (Command tap = tap("--", "--snaplen", "0")) {
      assertThat(tap.await().status()).isEqualTo(2);
    }
    assertNothingLeft();
    try (Command unknown = lab.startTapdeck("tap", "nobody")) {
      Command.Result result = unknown.await();
      assertThat(result.status()).isEqualTo(2);
      assertThat(result.err())
          .contains("guest nobody is unknown: start it, or see 'tapdeck guest-list'");
    }
  }
}
