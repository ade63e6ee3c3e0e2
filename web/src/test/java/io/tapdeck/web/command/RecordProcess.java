package io.tapdeck.web.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** {@code tapdeck record --json} as a process of its own. */
final class RecordProcess implements AutoCloseable {
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(20);

  /** Most recorders of tests end before more of a compiler would be worth its time. */
  private static final List<String> QUICK_TO_START = List.of("-XX:TieredStopAtLevel=1");

  private final Process process;
  private final Path directory;
  private final Path out;
  private final Path err;

  private RecordProcess(Process process, Path directory, Path out, Path err) {
    this.process = process;
    this.directory = directory;
    this.out = out;
    this.err = err;
  }

  /** Starts a recording and waits until frames are let in. */
  static RecordProcess start(String... arguments) throws Exception {
    return start(QUICK_TO_START, arguments);
  }

  /** The same with all of the compiler, as the launcher does it. */
  static RecordProcess startForLong(String... arguments) throws Exception {
    return start(List.of(), arguments);
  }

  private static RecordProcess start(List<String> options, String... arguments) throws Exception {
    RecordProcess recorder = launch(options, arguments);
    try {
      recorder.await("a beginning", () -> recorder.errors().contains("recording on "));
    } catch (Exception | AssertionError late) {
      recorder.close();
      throw late;
    }
    return recorder;
  }

  /** Starts a recording that says nothing of its beginning. */
  static RecordProcess startQuiet(String... arguments) throws Exception {
    return launch(
        QUICK_TO_START,
        Stream.concat(Stream.of("--quiet"), Stream.of(arguments)).toArray(String[]::new));
  }

  /** Starts what is refused, and waits for that. */
  static RecordProcess startRefused(String... arguments) throws Exception {
    return startRefused(QUICK_TO_START, arguments);
  }

  /** The same with options for the JVM. */
  static RecordProcess startRefused(List<String> options, String... arguments) throws Exception {
    RecordProcess recorder = launch(options, arguments);
    boolean ended = recorder.process.waitFor(DEADLINE_NANOS, TimeUnit.NANOSECONDS);
    if (!ended) {
      recorder.close();
    }
    assertThat(ended).as("it ended").isTrue();
    assertThat(recorder.process.exitValue()).as(recorder.errors()).isEqualTo(ExitStatus.REFUSED);
    assertThat(recorder.out).isEmptyFile();
    return recorder;
  }

  private static RecordProcess launch(List<String> options, String... arguments)
      throws IOException {
    List<String> words = new ArrayList<>(List.of("record", "--json"));
    words.addAll(List.of(arguments));
    Path out = Files.createTempFile("record", ".out");
    Path err = Files.createTempFile("record", ".err");
    Process process =
        new ProcessBuilder(TapdeckCommand.full(options, words))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    Path directory = Path.of(arguments[List.of(arguments).indexOf("-o") + 1]);
    return new RecordProcess(process, directory, out, err);
  }

  String errors() throws IOException {
    return Files.readString(err);
  }

  void signal(String name) throws Exception {
    RecordingLab.run("kill", "-" + name, Long.toString(process.pid()));
  }

  /** Stops the process from running, so that frames stay in the ring. */
  void pause() throws Exception {
    signal("STOP");
    Path state = Path.of("/proc", Long.toString(process.pid()), "stat");
    await("a pause", () -> Files.readString(state).contains(") T "));
  }

  void resume() throws Exception {
    signal("CONT");
  }

  /** Waits for the end, and reads the last line. */
  JsonNode end(int status) throws Exception {
    assertThat(process.waitFor()).as(errors()).isEqualTo(status);
    List<String> lines = Files.readAllLines(out);
    assertThat(lines).hasSize(1);
    return new ObjectMapper().readTree(lines.getLast());
  }

  void endKilled() throws Exception {
    assertThat(process.waitFor()).isEqualTo(137);
  }

  /** Waits until it has said something. */
  void awaitSaid(String words) throws Exception {
    awaitSaid(words, 1);
  }

  /** Waits until it has said something so often. */
  void awaitSaid(String words, int times) throws Exception {
    await(
        "'" + words + "'",
        () -> errors().lines().filter(line -> line.contains(words)).count() >= times);
  }

  void awaitSegment() throws Exception {
    awaitFile(Pattern.compile(".*\\.pcap\\.part"));
  }

  void awaitFile(Pattern name) throws Exception {
    await("a file " + name, () -> find(name).isPresent());
  }

  void awaitSize(Pattern name, long bytes) throws Exception {
    awaitFile(name);
    Path file = find(name).orElseThrow();
    await(bytes + " bytes in " + file, () -> Files.size(file) >= bytes);
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly().onExit().join();
    Files.delete(out);
    Files.delete(err);
  }

  private Optional<Path> find(Pattern name) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> name.matcher(file.getFileName().toString()).matches())
          .findFirst();
    }
  }

  private void await(String what, Condition condition) throws IOException {
    long begun = System.nanoTime();
    while (!condition.holds()) {
      assertThat(System.nanoTime() - begun)
          .as("waiting for " + what + "; it said: " + errors())
          .isLessThan(DEADLINE_NANOS);
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  private interface Condition {
    boolean holds() throws IOException;
  }
}
