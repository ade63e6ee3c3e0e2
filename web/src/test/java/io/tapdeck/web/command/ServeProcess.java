package io.tapdeck.web.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** {@code tapdeck serve} as a process of its own. */
final class ServeProcess implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 30;

  private final Process process;
  private final BufferedReader out;

  private ServeProcess(Process process) {
    this.process = process;
    this.out = process.inputReader(StandardCharsets.UTF_8);
  }

  static ServeProcess start(String... arguments) throws IOException {
    return startLogging("INFO", arguments);
  }

  /** The same, with options of the JVM. */
  static ServeProcess startWith(List<String> options, String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1"));
    all.addAll(options);
    return launch("INFO", TapdeckCommand.full(all, words(arguments)));
  }

  /** The same, whose log tells what is of that level, and what is graver. */
  static ServeProcess startLogging(String level, String... arguments) throws IOException {
    return launch(level, TapdeckCommand.quick(words(arguments)));
  }

  private static List<String> words(String... arguments) {
    List<String> words = new ArrayList<>(List.of("serve"));
    words.addAll(List.of(arguments));
    return words;
  }

  private static ServeProcess launch(String level, List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeAll(List.of("TAPDECK_NORTHBOUND", "TAPDECK_DATA"));
    builder.environment().putAll(Map.of("TAPDECK_LOG", level));
    return new ServeProcess(builder.start());
  }

  /** The next line it prints; waits for it. */
  String line() throws IOException {
    String line = out.readLine();
    if (line == null) {
      throw new AssertionError("it ended without a line: " + errors());
    }
    return line;
  }

  /** Sends a signal. */
  void signal(String name) throws Exception {
    Process kill =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).inheritIO().start();
    assertThat(kill.waitFor()).isZero();
  }

  /** Waits for its end and gives its status. */
  int end() throws InterruptedException {
    assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("it ended").isTrue();
    return process.exitValue();
  }

  /** All it printed on standard output since the last line that was read; once it has ended. */
  List<String> rest() {
    return out.lines().toList();
  }

  /** All it printed on standard error, once it has ended. */
  String errors() throws IOException {
    return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
