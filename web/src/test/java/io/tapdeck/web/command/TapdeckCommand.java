package io.tapdeck.web.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The words that start {@code tapdeck} as a process of its own, by its launcher: what is packaged
 * runs. So tests that do are run after that, by their tag {@code lab} or {@code packaged}.
 */
public final class TapdeckCommand {
  private static final String LAUNCHER =
      Path.of("..", "scripts", "tapdeck").toAbsolutePath().normalize().toString();

  private static final String FIRST_COMPILER_ONLY = "-XX:TieredStopAtLevel=1";

  private TapdeckCommand() {}

  /** As it starts soonest. */
  public static List<String> quick(List<String> arguments) {
    return full(List.of(FIRST_COMPILER_ONLY), arguments);
  }

  /**
   * With all of the compiler, where speed and memory are under test.
   *
   * @param options more of the JVM's, without blanks
   * @param arguments of the command
   */
  static List<String> full(List<String> options, List<String> arguments) {
    List<String> words = new ArrayList<>();
    words.add("env");
    words.add("TAPDECK_JAVA_OPTIONS=" + String.join(" ", options));
    words.add(LAUNCHER);
    words.addAll(arguments);
    return words;
  }
}
