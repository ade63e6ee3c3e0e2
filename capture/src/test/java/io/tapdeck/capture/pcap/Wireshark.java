package io.tapdeck.capture.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Wireshark's command line tools, the judges of what a capture file says. */
final class Wireshark {
  private static final long PATIENCE_SECONDS = 60;

  private Wireshark() {}

  /** What a tool prints; that it neither fails nor warns is part of it. */
  static String says(String... command) throws IOException, InterruptedException {
    Path out = Files.createTempFile("judge", ".out");
    Path complaints = Files.createTempFile("judge", ".err");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectOutput(out.toFile())
              .redirectError(complaints.toFile())
              .start();
      assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
          .as("%s ends", command[0])
          .isTrue();
      List<String> warnings =
          Files.readAllLines(complaints, StandardCharsets.UTF_8).stream()
              .filter(line -> !line.isBlank() && !line.startsWith("Running as user"))
              .toList();
      assertThat(warnings).as(String.join(" ", command)).isEmpty();
      assertThat(process.exitValue()).as(String.join(" ", command)).isZero();
      return Files.readString(out, StandardCharsets.UTF_8);
    } finally {
      Files.delete(out);
      Files.delete(complaints);
    }
  }

  /** How many packets a file holds according to capinfos. */
  static long packetsIn(Path file) throws IOException, InterruptedException {
    String counted = says("capinfos", "-T", "-r", "-M", "-c", file.toString()).strip();
    return Long.parseLong(counted.substring(counted.lastIndexOf('\t') + 1));
  }

  /** A field of every packet, one a line. */
  static List<String> field(Path file, String name) throws IOException, InterruptedException {
    return says("tshark", "-n", "-r", file.toString(), "-T", "fields", "-e", name).lines().toList();
  }
}
