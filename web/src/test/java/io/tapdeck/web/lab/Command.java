package io.tapdeck.web.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A process and what it wrote. Its output goes to files, so that it never waits for a reader. */
final class Command implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<String> words;
  private final Process process;
  private final Path out;
  private final Path err;

  private Command(List<String> words, Process process, Path out, Path err) {
    this.words = words;
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /** What a command that has ended left behind. */
  record Result(int status, String out, String err) {
    /** The last line of the output, as JSON. */
    JsonNode json() {
      try {
        return JSON.readTree(out.strip().substring(out.strip().lastIndexOf('\n') + 1));
      } catch (IOException e) {
        throw new UncheckedIOException(out, e);
      }
    }

    List<String> lines() {
      return out.lines().toList();
    }
  }

  static Command start(Map<String, String> environment, List<String> words) {
    try {
      Path out = Files.createTempFile("tapdeck-test", ".out");
      Path err = Files.createTempFile("tapdeck-test", ".err");
      ProcessBuilder builder =
          new ProcessBuilder(words).redirectOutput(out.toFile()).redirectError(err.toFile());
      builder.environment().putAll(environment);
      return new Command(words, builder.start(), out, err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a command that is to succeed. */
  static Result run(Map<String, String> environment, List<String> words) {
    Result result = start(environment, words).await();
    assertThat(result.status()).as("%s: %s%s", words, result.out(), result.err()).isZero();
    return result;
  }

  static Result run(String... words) {
    return run(Map.of(), List.of(words));
  }

  /** Writes a line to the command's standard input. */
  void say(String line) {
    try {
      process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until the standard output or error output fits. */
  void awaitOutput(Predicate<String> fits) {
    Await.until(
        words + " to say so",
        () -> {
          boolean ended = !process.isAlive();
          if (fits.test(read(out)) || fits.test(read(err))) {
            return true;
          }
          assertThat(ended).as("%s ended: %s%s", words, read(out), read(err)).isFalse();
          return false;
        });
  }

  String out() {
    return read(out);
  }

  String err() {
    return read(err);
  }

  long pid() {
    return process.pid();
  }

  /** Sends a signal, by name. */
  void signal(String name) {
    run("kill", "-" + name, Long.toString(pid()));
  }

  /** Waits for the end, and takes the output away. */
  Result await() {
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
        throw new AssertionError(words + " did not end; it said: " + read(out) + read(err));
      }
      Result result = new Result(process.exitValue(), read(out), read(err));
      Files.deleteIfExists(out);
      Files.deleteIfExists(err);
      return result;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      process.destroyForcibly();
      await();
    }
  }

  private static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
