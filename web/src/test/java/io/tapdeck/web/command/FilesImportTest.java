package io.tapdeck.web.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told of captures of which only some can be copied. */
class FilesImportTest {
  /** A regular file that can be opened, and not read: there is nothing at address 0. */
  private static final String UNREADABLE = "/proc/self/mem";

  @TempDir private Path here;

  private String good = "";
  private String none = "";

  @SuppressWarnings("NullAway.Init") // JUnit sets the directory
  FilesImportTest() {}

  private record Ran(int status, String out, String err) {}

  @BeforeEach
  void write() throws Exception {
    Path file = here.resolve("good.pcap");
    NumberedFrames.write(file, 7);
    good = file.toString();
    none = Files.writeString(here.resolve("none"), "no capture at all").toString();
  }

  private Ran run(String... files) {
    List<String> words = new ArrayList<>(List.of("files", "import"));
    words.addAll(List.of(files));
    words.addAll(List.of("--json", "-o", here.resolve("segments").toString()));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status =
        Tapdeck.commandLine()
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(words.toArray(String[]::new));
    return new Ran(status, out.toString(), err.toString());
  }

  @Test
  void whatIsThereIsListedBeforeTheOneThatIsNot() throws Exception {
    for (String bad : List.of(none, UNREADABLE)) {
      Ran ran = run(good, bad, good);
      assertThat(ran.status()).as(ran.err()).isEqualTo(ExitStatus.INCOMPLETE);
      assertThat(ran.err()).contains("only 1 of 3 are there: ").hasLineCount(1);
      JsonNode told = new ObjectMapper().readTree(ran.out());
      assertThat(told.findValuesAsText("file")).containsExactly(good);
      assertThat(told.findValuesAsText("packets")).containsExactly("7");
      assertThat(here.resolve("segments").resolve(told.path(0).path("segment").asText())).exists();
    }
  }

  @Test
  void ifNoneIsThereItIsRefused() {
    for (String bad : List.of(none, UNREADABLE)) {
      Ran ran = run(bad, good);
      assertThat(ran.status()).as(ran.err()).isEqualTo(ExitStatus.REFUSED);
      assertThat(ran.err()).hasLineCount(1);
      assertThat(ran.out()).isEmpty();
    }
  }
}
