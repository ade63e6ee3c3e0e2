package io.tapdeck.web.lab;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What tools that are not ours read in capture files. */
final class Judge {
  private Judge() {}

  /** Every frame that the filter takes, as hexadecimal bytes from the link layer on (tcpdump). */
  static List<String> frames(List<Path> files, String filter) {
    List<String> frames = new ArrayList<>();
    for (Path file : files) {
      StringBuilder frame = new StringBuilder();
      for (String line :
          Command.run("tcpdump", "-r", file.toString(), "-n", "-t", "-xx", filter).lines()) {
        if (line.startsWith("\t")) {
          frame.append(line.substring(line.indexOf(':') + 1).replace(" ", ""));
        } else if (!frame.isEmpty()) {
          frames.add(frame.toString());
          frame.setLength(0);
        }
      }
      if (!frame.isEmpty()) {
        frames.add(frame.toString());
      }
    }
    return frames;
  }

  /** Values of a field in every packet that the display filter takes (tshark). */
  static List<String> fields(List<Path> files, String displayFilter, String field) {
    List<String> values = new ArrayList<>();
    for (Path file : files) {
      values.addAll(
          Command.run(
                  "tshark", "-r", file.toString(), "-Y", displayFilter, "-T", "fields", "-e", field)
              .lines());
    }
    return values;
  }

  /** What capinfos says of one file. */
  record Facts(long packets, long dataBytes, String first, String last) {}

  static Facts facts(Path file) {
    List<String> lines =
        Command.run(
                Map.of("TZ", "UTC"),
                List.of(
                    "capinfos", "-T", "-r", "-M", "-S", "-c", "-d", "-a", "-e", file.toString()))
            .lines();
    String[] columns = lines.getFirst().split("\t", -1);
    return new Facts(
        Long.parseLong(columns[1]), Long.parseLong(columns[2]), columns[3], columns[4]);
  }
}
