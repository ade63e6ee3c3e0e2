package io.tapdeck.web.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Two network namespaces of its own with a veth between them, and what runs in them. Nothing but
 * what a test sends is on the wire. All that it started it ends.
 */
public final class VethLab implements AutoCloseable {
  public static final String NEAR = "tdr-near";
  public static final String FAR = "tdr-far";

  private static final long PATIENCE_SECONDS = 60;
  private static final long POLL_NANOS = 2_000_000;
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final String suffix = ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet();
  private final List<Process> processes = new ArrayList<>();

  public VethLab() {
    run("ip", "netns", "add", near());
    run("ip", "netns", "add", far());
    for (String namespace : List.of(near(), far())) {
      in(namespace, "sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1");
    }
    addLink();
  }

  /** Makes the veth, which must not be there. */
  public void addLink() {
    run(
        "ip", "-n", near(), "link", "add", NEAR, "type", "veth", "peer", "name", FAR, "netns",
        far());
    run("ip", "-n", near(), "link", "set", NEAR, "up");
    run("ip", "-n", far(), "link", "set", FAR, "up");
  }

  /** Removes the veth, both ends of it. */
  public void deleteLink() {
    run("ip", "-n", far(), "link", "del", FAR);
  }

  public String near() {
    return "tdr-a" + suffix;
  }

  public String far() {
    return "tdr-b" + suffix;
  }

  /** Starts {@code tapdeck} as a process, as the launcher does. */
  public Process tapdeck(List<String> prefix, List<String> arguments, Path directory) {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(TapdeckCommand.quick(arguments));
    return start(
        new ProcessBuilder(command)
            .redirectOutput(directory.resolve("stdout").toFile())
            .redirectError(directory.resolve("stderr").toFile()));
  }

  /** Starts capturing all that arrives at the far end; it is ready when this returns. */
  // Immediate mode has a slot for the longest frame in its ring for each: a short snaplen makes
  // many.
  public Process tcpdump(Path file, Path log) {
    Process tcpdump =
        start(
            new ProcessBuilder(
                    "ip",
                    "netns",
                    "exec",
                    far(),
                    "tcpdump",
                    "-i",
                    FAR,
                    "-n",
                    "-U",
                    "--immediate-mode",
                    "-s",
                    "2000",
                    "-B",
                    "65536",
                    "--time-stamp-precision=nano",
                    "-Q",
                    "in",
                    "-w",
                    file.toString())
                .redirectOutput(log.toFile())
                .redirectErrorStream(true));
    await(() -> read(log).contains("listening on"), "tcpdump listens");
    return tcpdump;
  }

  /** Frames that the far end's interface has received. */
  public long received() {
    return Long.parseLong(
        in(far(), "cat", "/sys/class/net/" + FAR + "/statistics/rx_packets").strip());
  }

  public String in(String namespace, String... command) {
    List<String> inside = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
    inside.addAll(List.of(command));
    return run(inside.toArray(String[]::new));
  }

  public static String run(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new AssertionError(String.join(" ", command) + ": " + output);
      }
      return output;
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  public static void await(BooleanSupplier condition, String what) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("in vain it was waited until " + what);
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  public static int exit(Process process) {
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("it does not end: " + process.info().commandLine());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  public static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    processes.forEach(Process::destroyForcibly);
    processes.forEach(VethLab::exit);
    run("ip", "netns", "del", near());
    run("ip", "netns", "del", far());
  }

  private Process start(ProcessBuilder builder) {
    try {
      Process process = builder.start();
      processes.add(process);
      return process;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
