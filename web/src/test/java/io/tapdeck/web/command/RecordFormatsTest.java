package io.tapdeck.web.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every kind of segment, as the tools of the trade read it. */
@Tag("lab")
@Timeout(60)
class RecordFormatsTest {
  @TempDir private Path directory;
  @TempDir private Path elsewhere;
  private RecordingLab lab;

  @BeforeEach
  void makeLab() throws Exception {
    lab = new RecordingLab();
  }

  @AfterEach
  void removeLab() throws Exception {
    lab.remove();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--format pcap",
        "--format pcap --time-precision microseconds",
        "--format pcapng",
        "--format pcapng -i lo",
        "--format pcap --direct-io off",
      })
  void theToolsReadItWithoutAWarning(String options) throws Exception {
    JsonNode report;
    try (RecordProcess recorder = record((options + " --rotate-packets 150").split(" "))) {
      lab.send(300, 700);
      recorder.signal("TERM");
      report = recorder.end(0);
    }
    assertThat(report.get("written").asLong()).isEqualTo(300);
    List<String> files = report.get("segments").findValuesAsText("file");
    assertThat(files).hasSize(2);
    for (String file : files) {
      assertThat(silent("tshark", "-r", path(file)).lines()).hasSize(150);
      assertThat(silent("capinfos", "-c", "-M", path(file))).contains("150");
      String copy = elsewhere.resolve(file).toString();
      silent("editcap", path(file), copy);
      assertThat(silent("capinfos", "-c", "-M", copy)).contains("150");
      assertThat(silent("tcpdump", "-n", "-r", path(file)).lines()).hasSize(150);
    }
    String merged = elsewhere.resolve("merged").toString();
    silent("mergecap", "-w", merged, path(files.get(0)), path(files.get(1)));
    assertThat(silent("capinfos", "-c", "-M", merged)).contains("300");
  }

  @Test
  void framesOfSeveralInterfacesAreInOneFileThatSaysWhichIsWhose() throws Exception {
    JsonNode report;
    try (RecordProcess recorder = record("-i", "lo", "--format", "pcapng")) {
      lab.send(100, 60);
      lab.sendInside(40, 60);
      recorder.signal("TERM");
      report = recorder.end(0);
    }
    assertThat(report.get("received").asLong()).isEqualTo(140);
    assertThat(report.get("interfaces").get(0).get("received").asLong()).isEqualTo(100);
    assertThat(report.get("interfaces").get(1).get("received").asLong()).isEqualTo(40);
    Path file = Path.of(path(report.get("segments").get(0).get("file").asText()));
    assertThat(RecordingLab.count(file, "frame.interface_name == \"tdc-b\"")).isEqualTo(100);
    assertThat(RecordingLab.count(file, "frame.interface_name == \"lo\"")).isEqualTo(40);
    assertThat(silent("capinfos", path(file.getFileName().toString())))
        .contains("Number of interfaces in file: 2")
        .contains("Name = tdc-b")
        .contains("Name = lo")
        .contains("Description = in network namespace " + lab.receiver());
  }

  @Test
  void severalInterfacesWantPcapng() throws Exception {
    try (RecordProcess refused =
        RecordProcess.startRefused(
            Stream.concat(Stream.of(arguments()), Stream.of("-i", "lo")).toArray(String[]::new))) {
      assertThat(refused.errors()).contains("--format pcapng");
    }
  }

  @Test
  void offloadsThatMergeFramesAreNamedAndOffWhileItRecords() throws Exception {
    assertThat(lab.features()).contains("tcp-segmentation-offload: on");
    try (RecordProcess recorder = record("--offloads", "off")) {
      assertThat(lab.features()).contains("tcp-segmentation-offload: off");
      recorder.signal("TERM");
      recorder.end(0);
    }
    assertThat(lab.features()).contains("tcp-segmentation-offload: on");
    try (RecordProcess recorder = record()) {
      assertThat(recorder.errors()).contains("--offloads off");
      recorder.signal("TERM");
      recorder.end(0);
    }
  }

  private String path(String file) {
    return directory.resolve(file).toString();
  }

  /** Runs a tool that must succeed and complain of nothing; answers what it wrote. */
  private String silent(String... command) throws Exception {
    Path errors = Files.createTempFile(elsewhere, "tool", ".err");
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(Files.readString(errors)).isZero();
    List<String> complaints =
        Files.readAllLines(errors).stream()
            .filter(line -> !line.startsWith("Running as user"))
            .filter(line -> !line.startsWith("reading from file"))
            .toList();
    assertThat(complaints).as(String.join(" ", command)).isEmpty();
    return output;
  }

  private String[] arguments() {
    return new String[] {
      "-i", RecordingLab.RECEIVING, "--netns", lab.receiver(), "-o", directory.toString()
    };
  }

  private RecordProcess record(String... more) throws Exception {
    return RecordProcess.start(
        Stream.concat(Stream.of(arguments()), Stream.of(more)).toArray(String[]::new));
  }
}
