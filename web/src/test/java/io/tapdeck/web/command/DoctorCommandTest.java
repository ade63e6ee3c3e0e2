package io.tapdeck.web.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command as a process of its own. */
@Tag("lab")
@Timeout(120)
class DoctorCommandTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Root without any capability. */
  private static final List<String> POWERLESS =
      List.of("setpriv", "--bounding-set=-all", "--inh-caps=-all");

  private static final int STATUS_OF_SIGINT = 130;

  @TempDir private Path temporary;
  private Path directory;
  private VethLab lab;

  @BeforeEach
  void makeLab() throws Exception {
    lab = new VethLab();
    directory = Files.createDirectory(temporary.resolve("segments"));
  }

  @AfterEach
  void removeLab() {
    lab.close();
  }

  @Test
  void whereNothingIsBadItExitsWithZeroAndLeavesNothing() throws Exception {
    JsonNode report =
        json(0, List.of(), "-i", VethLab.FAR, "--netns", lab.far(), "-o", directory.toString());
    assertThat(report.get("bad").asInt()).isZero();
    List<String> subjects =
        List.of(
            "machine",
            "interface %s in network namespace %s".formatted(VethLab.FAR, lab.far()),
            "directory " + directory);
    assertThat(report.get("findings").findValuesAsText("subject").stream().distinct())
        .containsExactlyElementsOf(subjects);
    assertThat(report.get("findings").findValuesAsText("check"))
        .containsExactly(
            "kernel",
            "libpcap",
            "clock source",
            "clock",
            "privileges",
            "link",
            "device",
            "receive offloads",
            "send offloads",
            "ring",
            "directory",
            "free space",
            "direct I/O",
            "write speed",
            "loss-free rate");
    assertThat(report.get("good").asInt() + report.get("warn").asInt())
        .isEqualTo(report.get("findings").size());
    assertThat(figure(report, "ring", "grantedBytes").asLong()).isEqualTo(64 << 20);
    assertThat(figure(report, "write speed", "bytesPerSecond").asLong()).isPositive();
    assertThat(figure(report, "link", "carrier").asBoolean()).isTrue();
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void whereSomethingIsBadItExitsWithOneAndSaysWhatToDo() throws Exception {
    VethLab.run("ip", "-n", lab.near(), "link", "set", VethLab.NEAR, "down");
    Path missing = temporary.resolve("not there");
    String text =
        text(1, List.of(), "-i", VethLab.NEAR, "--netns", lab.near(), "-o", missing.toString());
    assertThat(text.lines())
        .contains("interface %s in network namespace %s".formatted(VethLab.NEAR, lab.near()))
        .contains("  bad   link              down")
        .contains(
            "                          -> ip -n %s link set %s up"
                .formatted(lab.near(), VethLab.NEAR))
        .contains("  bad   directory         it is not there")
        .contains("                          -> mkdir -p '%s'".formatted(missing));
    assertThat(text).containsPattern("(?m)^3 bad, \\d warn, \\d+ good$");
  }

  @Test
  void whatIsWrittenOnTheCommandLineIsRefusedWithTwo() throws Exception {
    assertThat(refusal("--netns", "a/b")).contains("'a/b' is not a name of a network namespace");
    assertThat(refusal("--buffer", "1kB")).contains("between 1MiB and 2GiB");
    assertThat(refusal("--buffer", "4GiB")).contains("between 1MiB and 2GiB");
    assertThat(refusal("--write-buffer", "1MiB")).contains("between 8MiB and 16GiB");
    assertThat(refusal("--buffer", "lots")).contains("is not a size");
    assertThat(refusal("--unknown")).contains("--unknown");
    assertThat(refusal("stray")).contains("stray");
  }

  @Test
  void withoutPrivilegesItSaysWhichAreMissing() throws Exception {
    JsonNode machine = json(1, POWERLESS);
    assertThat(finding(machine, "privileges").get("grade").asText()).isEqualTo("bad");
    assertThat(figure(machine, "privileges", "netRaw").asBoolean()).isFalse();
    List<String> inside = new ArrayList<>(List.of("ip", "netns", "exec", lab.far()));
    inside.addAll(POWERLESS);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("r-xr-xr-x"));
    JsonNode report = json(1, inside, "-i", VethLab.FAR, "-o", directory.toString());
    assertThat(finding(report, "link").get("grade").asText()).isEqualTo("good");
    assertThat(figure(report, "receive offloads", "gro").asBoolean()).isFalse();
    assertThat(finding(report, "ring").get("remedy").asText())
        .isEqualTo("run it as root, or with CAP_NET_RAW");
    assertThat(finding(report, "directory").get("found").asText())
        .isEqualTo("nothing can be written: Permission denied");
    JsonNode namespace = json(1, POWERLESS, "--netns", lab.far());
    assertThat(finding(namespace, "namespace").get("found").asText())
        .contains("Operation not permitted");
  }

  @Test
  void endedInTheMiddleOfMeasuringItLeavesNothing() throws Exception {
    Process doctor = start(List.of(), "-o", directory.toString());
    VethLab.await(() -> writes(doctor), "it measures");
    VethLab.run("kill", "-INT", String.valueOf(doctor.pid()));
    assertThat(VethLab.exit(doctor)).isEqualTo(STATUS_OF_SIGINT);
    assertThat(directory).isEmptyDirectory();
    Process killed = start(List.of(), "-o", directory.toString());
    VethLab.await(() -> writes(killed), "it measures");
    killed.destroyForcibly();
    assertThat(VethLab.exit(killed)).isNotZero();
    assertThat(directory).isEmptyDirectory();
  }

  /** It has a file open that has no name any more. */
  private boolean writes(Process doctor) {
    Path trial = directory.resolve(".tapdeck-doctor-");
    try (Stream<Path> open = Files.list(Path.of("/proc/" + doctor.pid() + "/fd"))) {
      for (Path descriptor : open.toList()) {
        String target = link(descriptor);
        if (target.startsWith(trial.toString()) && target.endsWith(" (deleted)")) {
          return true;
        }
      }
      return false;
    } catch (IOException ended) {
      throw new AssertionError("it has ended", ended);
    }
  }

  private static String link(Path descriptor) throws IOException {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (NoSuchFileException closed) {
      return "";
    }
  }

  private Process start(List<String> prefix, String... arguments) {
    List<String> words = new ArrayList<>(List.of("doctor"));
    words.addAll(List.of(arguments));
    return lab.tapdeck(prefix, words, temporary);
  }

  private String text(int status, List<String> prefix, String... arguments) {
    int exit = VethLab.exit(start(prefix, arguments));
    String errors = VethLab.read(temporary.resolve("stderr"));
    assertThat(exit).as(errors).isEqualTo(status);
    assertThat(errors).isEmpty();
    return VethLab.read(temporary.resolve("stdout"));
  }

  private JsonNode json(int status, List<String> prefix, String... arguments) throws Exception {
    String[] words =
        Stream.concat(Stream.of(arguments), Stream.of("--json")).toArray(String[]::new);
    String text = text(status, prefix, words);
    assertThat(text.lines()).hasSize(1);
    return MAPPER.readTree(text);
  }

  private String refusal(String... arguments) {
    assertThat(VethLab.exit(start(List.of(), arguments))).isEqualTo(2);
    assertThat(VethLab.read(temporary.resolve("stdout"))).isEmpty();
    String errors = VethLab.read(temporary.resolve("stderr"));
    assertThat(errors.lines()).hasSize(1);
    return errors;
  }

  private static JsonNode finding(JsonNode report, String check) {
    for (JsonNode finding : report.get("findings")) {
      if (finding.get("check").asText().equals(check)) {
        return finding;
      }
    }
    throw new AssertionError("no " + check + " in " + report);
  }

  private static JsonNode figure(JsonNode report, String check, String name) {
    return finding(report, check).get("figures").get(name);
  }
}
