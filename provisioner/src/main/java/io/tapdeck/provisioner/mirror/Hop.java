package io.tapdeck.provisioner.mirror;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One step of a copy's way, as a host's agent found it.
 *
 * @param name what the step is
 * @param detail what was seen, on one line
 */
public record Hop(boolean ok, String name, String detail) {
  private static final String OK = "ok";
  private static final String FAILED = "failed";

  /** What would end a line or a field, or steer a terminal, is replaced. */
  public Hop {
    name = oneLine(name);
    detail = oneLine(detail);
  }

  private static String oneLine(String text) {
    return text.strip().replaceAll("\\p{Cntrl}+", " ");
  }

  /** One that is right. */
  public static Hop ok(String name, String detail) {
    return new Hop(true, name, detail);
  }

  /** One that is not. */
  public static Hop failed(String name, String detail) {
    return new Hop(false, name, detail);
  }

  /** Hops as one text, a line each. */
  public static String text(List<Hop> hops) {
    return hops.stream()
        .map(hop -> (hop.ok() ? OK : FAILED) + "\t" + hop.name() + "\t" + hop.detail())
        .collect(Collectors.joining("\n"));
  }

  /** Reads what {@link #text} wrote. */
  public static List<Hop> parse(String text) {
    List<Hop> hops = new ArrayList<>();
    for (String line : text.lines().toList()) {
      String[] fields = line.split("\t", 3);
      if (fields.length == 3) {
        hops.add(new Hop(fields[0].equals(OK), fields[1], fields[2]));
      }
    }
    return hops;
  }
}
