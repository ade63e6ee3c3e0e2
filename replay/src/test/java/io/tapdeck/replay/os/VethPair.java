package io.tapdeck.replay.os;

import io.tapdeck.capture.os.NetworkNamespace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Two network namespaces with a veth between them; nobody speaks there but the test. */
public final class VethPair implements AutoCloseable {
  public static final String NEAR = "near0";
  public static final String FAR = "far0";

  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final String suffix = ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet();

  public VethPair() {
    run("ip", "netns", "add", near().name());
    run("ip", "netns", "add", far().name());
    run(
        "ip",
        "link",
        "add",
        NEAR,
        "netns",
        near().name(),
        "type",
        "veth",
        "peer",
        "name",
        FAR,
        "netns",
        far().name());
    near("link", "set", NEAR, "arp", "off", "addrgenmode", "none", "up");
    far("link", "set", FAR, "arp", "off", "addrgenmode", "none", "up");
    await(() -> near("link", "show", NEAR).contains("LOWER_UP"));
  }

  public NetworkNamespace near() {
    return new NetworkNamespace("tdtx-" + suffix);
  }

  public NetworkNamespace far() {
    return new NetworkNamespace("tdrx-" + suffix);
  }

  /** Runs {@code ip} with these words on the near side. */
  public String near(String... words) {
    return ip(near(), words);
  }

  /** Runs {@code ip} with these words on the far side. */
  public String far(String... words) {
    return ip(far(), words);
  }

  /** Frames that the far end received. */
  public long received() {
    return Long.parseLong(
        run(
                "ip",
                "netns",
                "exec",
                far().name(),
                "cat",
                "/sys/class/net/" + FAR + "/statistics/rx_packets")
            .strip());
  }

  /** Runs a task on a thread that is on the near side. */
  public <T> T onNear(Callable<T> task) throws Exception {
    return near().call(task);
  }

  public static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("waited in vain");
      }
      LockSupport.parkNanos(1_000_000);
    }
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

  private static String ip(NetworkNamespace namespace, String... words) {
    String[] command = new String[words.length + 3];
    command[0] = "ip";
    command[1] = "-n";
    command[2] = namespace.name();
    System.arraycopy(words, 0, command, 3, words.length);
    return run(command);
  }

  @Override
  public void close() {
    run("ip", "netns", "del", near().name());
    run("ip", "netns", "del", far().name());
  }
}
