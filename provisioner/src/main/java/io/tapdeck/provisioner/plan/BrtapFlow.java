package io.tapdeck.provisioner.plan;

import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A flow of {@code brtap}. Its text is in the form and order in which Open vSwitch prints flows, so
 * that what is there can be compared with what should be.
 *
 * @param match conditions in the order in which Open vSwitch prints them, ports as {@code <name>};
 *     empty if it matches everything
 * @param actions likewise; meters as {@code <use:port>}
 * @param counts what its packets are, if that is of interest
 */
public record BrtapFlow(
    Table table, int priority, String match, String actions, Optional<Counted> counts) {
  private static final Pattern PLACEHOLDER = Pattern.compile("<(?:(\\w+):)?([^>:]+)>");

  /** The tables of {@code brtap}, in the order in which a copy goes through them. */
  public enum Table {
    /** Where frames come in. Copies go on; what came by a tunnel is delivered. */
    ENTRY(0),
    /** Whether a group selects what has this source address. */
    SENT(1),
    /** Whether a group selects what has this destination address. */
    RECEIVED(2),
    /** The filter of a group, for what its guests send. */
    FILTER_SENT(3),
    /** The filter of a group, for what its guests receive. */
    FILTER_RECEIVED(4),
    /** A copy that an earlier group has taken ends here; else its own filter is asked. */
    OWN(5),
    /** A copy whose addresses tell nothing was received. */
    FLOODED(6),
    /** Copies that passed the filter lose their tags. */
    TAGS(7),
    /** They are counted, and limited to the service's rate. */
    COUNT(8),
    /** They go on, cut if they must be. */
    OUTPUT(9);

    private final int number;

    Table(int number) {
      this.number = number;
    }

    /** Its number in OpenFlow. */
    int number() {
      return number;
    }
  }

  /** What the packets of a flow are. */
  public enum Count {
    /** Copies that passed the filter. */
    MIRRORED,
    /** Copies sent to a tap NIC. */
    DELIVERED,
    /** Copies that an earlier group had taken. */
    REPEATED
  }

  /** Of which group a flow counts what. */
  public record Counted(Count what, long key) {}

  static BrtapFlow of(Table table, int priority, String match, String actions) {
    return new BrtapFlow(table, priority, match, actions, Optional.empty());
  }

  BrtapFlow counting(Count what, long key) {
    return new BrtapFlow(table, priority, match, actions, Optional.of(new Counted(what, key)));
  }

  /** Whether a flow can speak of a port of this name. */
  static boolean canName(String port) {
    return port.chars().noneMatch(letter -> "<>:".indexOf(letter) >= 0);
  }

  /** A port's number, wherever a flow speaks of it. */
  static String port(String name) {
    return "<" + name + ">";
  }

  /** A meter's number, in {@code meter:}. */
  static String meter(PlannedMeter.Use use, String port) {
    return "<" + use + ":" + port + ">";
  }

  /** What it matches, with ports by their names; no two flows of {@code brtap} match the same. */
  String matchText() {
    return named("table=" + table.number() + ",priority=" + priority + and(match));
  }

  /** What it does, with ports and meters by their names. */
  String actionsText() {
    return named(actions);
  }

  private static String named(String text) {
    return PLACEHOLDER
        .matcher(text)
        .replaceAll(found ->
            Matcher.quoteReplacement(
                (found.group(1) == null ? "" : found.group(1).toLowerCase(Locale.ROOT) + " of ")
                    + found.group(2)));
  }

  private static String and(String conditions) {
    return conditions.isEmpty() ? "" : "," + conditions;
  }

  /** The flow in the notation of ovs-ofctl(8). */
  public String text(PortNumbers numbers) {
    return text(numbers, port -> Integer.toString(numbers.number(port)));
  }

  /**
   * The flow in the notation of ovs-ofctl(8).
   *
   * @param port how a port is written, by its name
   */
  String text(PortNumbers numbers, UnaryOperator<String> port) {
    Function<MatchResult, String> written =
        found ->
            found.group(1) == null
                ? port.apply(found.group(2))
                : Integer.toString(
                    numbers.meter(PlannedMeter.Use.valueOf(found.group(1)), found.group(2)));
    String text =
        "table=" + table.number() + ",priority=" + priority + and(match) + ",actions=" + actions;
    return PLACEHOLDER
        .matcher(text)
        .replaceAll(found -> Matcher.quoteReplacement(written.apply(found)));
  }
}
