package io.tapdeck.provisioner.process;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A program and its arguments, as they are handed to the operating system: nothing in them is
 * interpreted.
 *
 * @param environment set beside what this process has
 * @param limit how long it may run; then it is killed
 */
public record Command(
    List<String> arguments, Map<String, String> environment, String input, Duration limit) {
  public Command {
    arguments = List.copyOf(arguments);
    environment = Map.copyOf(environment);
  }

  /** A program that needs no input and at most five seconds. */
  public static Command of(String... arguments) {
    return new Command(List.of(arguments), Map.of(), "", Duration.ofSeconds(5));
  }

  /** The same, run inside a network namespace made by ip-netns(8). */
  public Command inNetns(String netns) {
    List<String> inside = new ArrayList<>(List.of("ip", "netns", "exec", netns));
    inside.addAll(arguments);
    return new Command(inside, environment, input, limit);
  }

  /** The same, with this on its standard input. */
  public Command withInput(String text) {
    return new Command(arguments, environment, text, limit);
  }

  /** The same, with this in its environment. */
  public Command with(String variable, String value) {
    Map<String, String> more = new HashMap<>(environment);
    more.put(variable, value);
    return new Command(arguments, more, input, limit);
  }

  /**
   * Runs it to its end.
   *
   * @throws IOException if it could not be started or ran too long, or if a program that it started
   *     still held its outputs open at the end of the limit
   */
  public Output run() throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(arguments);
    builder.environment().putAll(environment);
    long end = System.nanoTime() + limit.toNanos();
    Process process = builder.start();
    try {
      CompletableFuture<String> out = read(process.inputReader(StandardCharsets.UTF_8));
      CompletableFuture<String> err = read(process.errorReader(StandardCharsets.UTF_8));
      Thread.ofVirtual().start(() -> write(process));
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new TimeoutException("it runs on");
      }
      // What it started may hold its outputs open.
      return new Output(
          process.exitValue(),
          out.get(left(end), TimeUnit.NANOSECONDS),
          err.get(left(end), TimeUnit.NANOSECONDS));
    } catch (TimeoutException late) {
      throw new IOException(
          "'" + String.join(" ", arguments) + "' did not end in " + limit.toSeconds() + " s", late);
    } catch (ExecutionException broken) {
      throw new IOException("cannot read what '" + String.join(" ", arguments) + "' says", broken);
    } finally {
      process.destroyForcibly();
    }
  }

  /**
   * Runs it to its end and gives what it printed.
   *
   * @throws IOException also if its status is not 0, with what it said
   */
  public String demand() throws IOException, InterruptedException {
    Output output = run();
    if (output.status() != 0) {
      throw new IOException(
          "'"
              + String.join(" ", arguments)
              + "' failed with status "
              + output.status()
              + ": "
              + output.err().strip());
    }
    return output.out();
  }

  private void write(Process process) {
    try (OutputStream in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException closed) {
      // The program did not want its input; its status says why.
    }
  }

  private static long left(long end) {
    return Math.max(0, end - System.nanoTime());
  }

  private static CompletableFuture<String> read(java.io.Reader reader) {
    CompletableFuture<String> text = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try (reader) {
            java.io.StringWriter all = new java.io.StringWriter();
            reader.transferTo(all);
            text.complete(all.toString());
          } catch (IOException broken) {
            text.completeExceptionally(new UncheckedIOException(broken));
          }
        });
    return text;
  }

  /** What a program left behind. */
  public record Output(int status, String out, String err) {}
}
