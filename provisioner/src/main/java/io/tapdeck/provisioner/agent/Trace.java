package io.tapdeck.provisioner.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What Open vSwitch would do with a frame: the answer to {@code ofproto/trace} of ovs-vswitchd(8).
 */
record Trace(String text) {
  private static final Pattern BRIDGE = Pattern.compile("(?m)^ *bridge\\(\"(.*)\"\\)$");
  private static final Pattern IN_PORT = Pattern.compile("in_port=(\\w+)");
  private static final Pattern OUTPUT = Pattern.compile("output(?::|\\(port=)(\\d+)");
  private static final Pattern RULE = Pattern.compile("(?m)^ ?\\d+\\. ");
  private static final Pattern KEY = Pattern.compile("set_field:0x[0-9a-f]+->tun_id");
  private static final Pattern ACTIONS = Pattern.compile("(?m)^Datapath actions: (.*)$");

  /** What happens on a bridge, each time that the frame comes to it. */
  List<String> visits(String bridge) {
    List<String> visits = new ArrayList<>();
    Matcher matcher = BRIDGE.matcher(text);
    int start = -1;
    while (matcher.find()) {
      if (start >= 0) {
        visits.add(text.substring(start, matcher.start()));
      }
      start = matcher.group(1).equals(bridge) ? matcher.end() : -1;
    }
    if (start >= 0) {
      int end = text.indexOf("\nFinal flow:", start);
      visits.add(text.substring(start, end < 0 ? text.length() : end));
    }
    return visits;
  }

  /** Whether the frame comes to a bridge by a port, as far as what it matches there tells. */
  boolean reaches(String bridge, long port) {
    return visits(bridge).stream()
        .anyMatch(visit -> {
          Matcher first = IN_PORT.matcher(visit);
          return !first.find() || first.group(1).equals(Long.toString(port));
        });
  }

  /** What the last rule does that is met on a bridge, but for branches that rejoin. */
  private static String end(String visit) {
    Matcher matcher = RULE.matcher(visit);
    int start = 0;
    while (matcher.find()) {
      start = matcher.start();
    }
    return visit.substring(start);
  }

  /** Whether all that goes into a tunnel from a bridge goes under this key. */
  static boolean isUnderKey(String visit, long key) {
    String set = "set_field:0x" + Long.toHexString(key) + "->tun_id";
    return end(visit).contains(set)
        && KEY.matcher(visit).results().allMatch(found -> found.group().equals(set));
  }

  /** Whether what happens on a bridge ends in that port. */
  static boolean outputs(String visit, long port) {
    Matcher matcher = OUTPUT.matcher(end(visit));
    while (matcher.find()) {
      if (matcher.group(1).equals(Long.toString(port))) {
        return true;
      }
    }
    return false;
  }

  /** What the datapath is told. */
  String actions() {
    Matcher matcher = ACTIONS.matcher(text);
    return matcher.find() ? matcher.group(1) : "";
  }

  /** Whether the datapath is told to send to a port of its own numbering. */
  boolean sendsTo(int datapathPort) {
    return Pattern.compile("(?:^|[,(])" + datapathPort + "(?:$|[,)])").matcher(actions()).find();
  }

  /** The rules that the frame meets on a bridge, and what is remarked of the last, on one line. */
  static String last(String visit) {
    List<String> lines = visit.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    return lines.stream()
        .filter(line -> !line.startsWith("---"))
        .skip(Math.max(0, lines.size() - 4))
        .collect(Collectors.joining(" "));
  }

  /** What Open vSwitch remarks that contains these words. */
  Optional<String> remark(String words) {
    return text.lines()
        .map(String::strip)
        .filter(line -> line.contains(words))
        .reduce((first, later) -> later)
        .map(line -> line.replaceFirst("^(?:->|>>) ", ""));
  }
}
