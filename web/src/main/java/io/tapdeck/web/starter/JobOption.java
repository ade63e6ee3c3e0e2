package io.tapdeck.web.starter;

import io.tapdeck.capture.os.NetworkNamespace;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An option of a job's command, {@code --name} or {@code --name=value}: one of those that an
 * appliance gives, with a value of the form that it takes. A value is always joined to its name, so
 * that none is taken for an option itself.
 *
 * @param word as it was given
 * @param value empty for an option without one
 */
record JobOption(String word, String name, String value) {
  private static final Pattern WORD =
      Pattern.compile("--([a-z][a-z-]{1,30})(?:=(.*))?", Pattern.DOTALL);

  /** Also alternative names, which may be longer than the 15 bytes of the kernel's own. */
  private static final Pattern INTERFACE =
      Pattern.compile("(?!-|\\.{1,2}$)[^/\\s\\p{Cntrl}]{1,127}");

  private static final Pattern QUANTITY =
      Pattern.compile("[0-9]{1,30}(\\.[0-9]{1,30})?([a-zA-Z]{1,3}|%)?");
  private static final int LONGEST_TEXT = 4096;

  private static final Predicate<String> NONE = String::isEmpty;
  private static final Predicate<String> NUMBER = QUANTITY.asMatchPredicate();
  private static final Predicate<String> NIC = JobOption::isInterface;
  private static final Predicate<String> NETNS = JobOption::isNamespace;

  private static final Predicate<String> TEXT = JobOption::isText;

  private static final Map<JobKind, Map<String, Predicate<String>>> KNOWN =
      Map.of(JobKind.RECORD, ofRecord(), JobKind.REPLAY, ofReplay());

  private static Map<String, Predicate<String>> ofRecord() {
    Map<String, Predicate<String>> known = new HashMap<>();
    known.put("interface", NIC);
    known.put("netns", NETNS);
    put(known, TEXT, "filter", "direction");
    put(known, NUMBER, "snaplen", "rotate-size", "rotate-every", "stop-after");
    put(known, NUMBER, "keep-bytes", "keep-files", "keep-age", "keep-free");
    return known;
  }

  private static Map<String, Predicate<String>> ofReplay() {
    Map<String, Predicate<String>> known = new HashMap<>();
    put(known, NIC, "interface", "server-interface");
    known.put("netns", NETNS);
    put(known, NUMBER, "speed", "pps", "mbps", "loop", "max-gap", "loop-delay");
    put(known, NUMBER, "skip", "limit", "duration");
    put(known, NONE, "topspeed", "step", "fix-checksums", "force");
    put(known, TEXT, "filter", "from", "to", "source-mac", "destination-mac", "map-mac", "map-ip");
    put(known, TEXT, "map-source-ip", "map-destination-ip", "map-port", "vlan", "ttl", "dscp");
    put(known, TEXT, "unique", "sides", "oversize", "backend", "verify");
    return known;
  }

  private static void put(
      Map<String, Predicate<String>> known, Predicate<String> form, String... names) {
    for (String name : names) {
      known.put(name, form);
    }
  }

  /**
   * Takes a word apart.
   *
   * @throws IllegalArgumentException if it is no option that jobs of this kind have, or its value
   *     has not the form
   */
  static JobOption parse(JobKind kind, String word) {
    Matcher form = WORD.matcher(word);
    if (!form.matches()) {
      throw new IllegalArgumentException("'" + plain(word) + "' is no option");
    }
    String name = form.group(1);
    String value = form.group(2) == null ? "" : form.group(2);
    Predicate<String> allowed = KNOWN.getOrDefault(kind, Map.of()).get(name);
    if (allowed == null) {
      throw new IllegalArgumentException(
          "--" + name + " is no option of a " + kind.program() + " of an appliance");
    }
    if (!allowed.test(value)) {
      throw new IllegalArgumentException("--" + name + " cannot be '" + plain(value) + "'");
    }
    return new JobOption(word, name, value);
  }

  /** Words for people, such as a filter, which may have several lines. */
  private static boolean isText(String value) {
    return value.length() <= LONGEST_TEXT
        && value.chars().noneMatch(c -> Character.isISOControl(c) && "\r\n\t".indexOf(c) < 0);
  }

  static boolean isInterface(String name) {
    return INTERFACE.matcher(name).matches();
  }

  static boolean isNamespace(String name) {
    try {
      return !new NetworkNamespace(name).name().startsWith("-");
    } catch (IllegalArgumentException malformed) {
      return false;
    }
  }

  private static String plain(String word) {
    String text = word.replaceAll("\\p{Cntrl}", "?");
    return text.substring(0, Math.min(80, text.length()));
  }
}
