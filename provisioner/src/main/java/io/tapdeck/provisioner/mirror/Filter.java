package io.tapdeck.provisioner.mirror;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Which copies go on: the first rule that matches says so; what matches none is dropped. A filter
 * without rules lets all go on.
 */
public record Filter(List<FilterRule> rules) {
  /** Everything. */
  public static final Filter ALL = new Filter(List.of());

  /** The most rules of one filter. */
  public static final int MOST_RULES = 64;

  public Filter {
    rules = List.copyOf(rules);
    if (rules.size() > MOST_RULES) {
      throw new IllegalArgumentException("a filter has at most " + MOST_RULES + " rules");
    }
  }

  /**
   * Reads rules.
   *
   * @throws IllegalArgumentException if one is none; the message is a sentence that says which, and
   *     what is wrong with it
   */
  public static Filter of(List<String> rules) {
    return new Filter(rules.stream().map(FilterRule::parse).toList());
  }

  /** Reads what {@link #text} wrote. */
  public static Filter parse(String text) {
    return of(text.lines().filter(line -> !line.isBlank()).toList());
  }

  /** The rules, a line each; empty for {@link #ALL}. */
  public String text() {
    return rules.stream().map(FilterRule::text).collect(Collectors.joining("\n"));
  }

  /** Whether all copies go on. */
  public boolean isAll() {
    return rules.isEmpty();
  }

  /** Whether a rule asks whether the guest sends or receives. */
  public boolean asksDirection() {
    return rules.stream().anyMatch(rule -> rule.direction() != Direction.BOTH);
  }

  /** The rules that may match what the guest sends, or what it receives. */
  public List<FilterRule> rules(Direction way) {
    List<FilterRule> some = new ArrayList<>(rules);
    some.removeIf(rule -> rule.direction() != Direction.BOTH && rule.direction() != way);
    return some;
  }
}
