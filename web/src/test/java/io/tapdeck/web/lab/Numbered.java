package io.tapdeck.web.lab;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The frames of {@code lab traffic kinds} in capture files, as tshark reads them. */
final class Numbered {
  /** What the frames say of themselves begins so: TDKF. */
  private static final String MARK = "54444b46";

  private static final Map<String, String> KINDS =
      Map.of(
          "u",
          "unicast",
          "b",
          "broadcast",
          "m",
          "multicast",
          "n",
          "unknown",
          "r",
          "reserved",
          "v",
          "vlan",
          "6",
          "ipv6",
          "f",
          "fragment",
          "F",
          "full");

  private Numbered() {}

  /**
   * A frame.
   *
   * @param vlan -1 if it has no tag
   */
  record Seen(String kind, int number, int vlan, int length, int captured) {}

  static List<Seen> of(List<Path> files, int series) {
    List<Seen> seen = new ArrayList<>();
    for (Path file : files) {
      List<String> words = new ArrayList<>(List.of("tshark", "-r", file.toString()));
      words.addAll(
          List.of(
              "-o",
              "ip.defragment:FALSE",
              "-Y",
              "frame contains \"TDKF\" and not icmp and not icmpv6"));
      words.addAll(List.of("-T", "fields", "-E", "occurrence=f"));
      for (String field :
          List.of("frame.len", "frame.cap_len", "vlan.id", "udp.payload", "data.data")) {
        words.addAll(List.of("-e", field));
      }
      for (String line : Command.run(words.toArray(String[]::new)).lines()) {
        String[] columns = line.split("\t", -1);
        String said = columns[3].isEmpty() ? columns[4] : columns[3];
        if (said.startsWith(MARK) && Integer.parseInt(said.substring(8, 12), 16) == series) {
          String letter = Character.toString(Integer.parseInt(said.substring(12, 14), 16));
          seen.add(
              new Seen(
                  KINDS.getOrDefault(letter, letter),
                  Integer.parseInt(said.substring(14, 22), 16),
                  columns[2].isEmpty() ? -1 : Integer.parseInt(columns[2]),
                  Integer.parseInt(columns[0]),
                  Integer.parseInt(columns[1])));
        }
      }
    }
    return seen;
  }
}
