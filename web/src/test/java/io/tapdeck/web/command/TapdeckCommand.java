package io.tapdeck.web.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The words that start {@code tapdeck} as a process of its own, from the classes under test. */
final class TapdeckCommand {
  private static final List<String> OPTIONS =
      List.of("--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC");

  private static final String FIRST_COMPILER_ONLY = "-XX:TieredStopAtLevel=1";

  private TapdeckCommand() {}

  /** As it starts soonest. */
  static List<String> quick(List<String> arguments) {
    return full(List.of(FIRST_COMPILER_ONLY), arguments);
  }

  /**
   * With all of the compiler, where speed and memory are under test.
   *
   * @param options more of the JVM's
   * @param arguments of the command
   */
  static List<String> full(List<String> options, List<String> arguments) {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(OPTIONS);
    words.addAll(options);
    words.addAll(List.of("-cp", System.getProperty("java.class.path"), Tapdeck.class.getName()));
    words.addAll(arguments);
    return words;
  }
}
