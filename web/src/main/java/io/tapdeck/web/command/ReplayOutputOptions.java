package io.tapdeck.web.command;

import io.tapdeck.capture.os.NetworkNamespace;
import io.tapdeck.replay.Destination;
import io.tapdeck.replay.Sending;
import io.tapdeck.replay.os.Backend;
import io.tapdeck.replay.proof.Receiver;
import io.tapdeck.replay.rewrite.RewriteSettings;
import io.tapdeck.replay.rewrite.SideSplit;
import io.tapdeck.replay.transmit.Oversize;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where {@code tapdeck replay} sends frames to, and how. */
final class ReplayOutputOptions {
  @Option(
      names = {"-i", "--interface"},
      paramLabel = "IFACE",
      description = "Interface to send to; with --server-interface, for what clients sent.")
  private @Nullable String client;

  @Option(
      names = "--server-interface",
      paramLabel = "IFACE",
      description = "Interface for what servers sent: both sides by one clock, in one order.")
  private @Nullable String server;

  @Option(
      names = "--sides",
      paramLabel = "auto|port|servers=PREFIX,...|clients=PREFIX,...",
      description =
          "What tells servers from clients: who begins a conversation, the lower port, or addresses"
              + " (default: auto with two interfaces, or if rewriting differs by side; else"
              + " everybody is a client).")
  private @Nullable String sides;

  @Option(
      names = "--netns",
      paramLabel = "NAME",
      description = "Network namespace of the interfaces, as 'ip netns' names it.")
  private @Nullable String namespace;

  @Option(
      names = "--oversize",
      paramLabel = "skip|truncate|refuse",
      description =
          "What becomes of frames longer than the MTU allows, as GRO makes them: they are skipped,"
              + " or cut, and counted, or the replay ends there (default: skip).")
  private @Nullable Oversize oversize;

  @Option(
      names = "--backend",
      paramLabel = "auto|packet|xdp",
      description =
          "A packet socket, or AF_XDP (Linux 6.17), which passes no queueing discipline; auto: xdp"
              + " for --topspeed where there is none, else packet; the summary says which (default:"
              + " auto).")
  private @Nullable Backend backend;

  @Option(
      names = "--verify",
      arity = "0..1",
      paramLabel = "IFACE[@NETNS][,...]",
      fallbackValue = "",
      description =
          "Afterwards tells what the interface's own counters say and, given the interface that"
              + " receives, what arrived there: how many, in what order, what is missing."
              + " Without IFACE write it after the files.")
  private @Nullable String verify;

  @Option(
      names = {"-w", "--write"},
      paramLabel = "FILE",
      description =
          "Writes the frames as they would be sent, with their times, into a pcap file"
              + " (nanoseconds) instead of sending them.")
  private @Nullable Path file;

  @Option(
      names = "--dry-run",
      description =
          "Sends nothing: reads, selects, rewrites and paces all, and tells what there is and how"
              + " long it takes. With --interface also what that would not take.")
  private boolean dryRun;

  @Option(
      names = "--force",
      description =
          "Also to an interface that is being recorded or is part of a mirror, and over a file that"
              + " is there.")
  private boolean force;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  ReplayOutputOptions() {}

  boolean isForced() {
    return force;
  }

  /** Whether nothing is sent. */
  boolean isPretended() {
    return dryRun || file != null;
  }

  /**
   * @throws IllegalArgumentException if the options contradict each other; the message is for
   *     people
   */
  Destination destination() {
    if (dryRun) {
      if (file != null) {
        throw new IllegalArgumentException("--dry-run writes nothing: leave it out, or --write");
      }
      if (verify != null) {
        throw new IllegalArgumentException(
            "--dry-run sends nothing that could arrive: leave it out, or --verify");
      }
      if (client == null) {
        return new Destination.Nowhere();
      }
    }
    if (file != null) {
      if (client != null || server != null || verify != null) {
        throw new IllegalArgumentException(
            "--write is instead of sending: leave it out, or --interface, --server-interface and"
                + " --verify");
      }
      return new Destination.CaptureFile(file, force);
    }
    if (client == null) {
      throw new IllegalArgumentException(
          "name the interface to send to with -i, or give --dry-run or --write");
    }
    return new Destination.Interfaces(
        client,
        Optional.ofNullable(server),
        Optional.ofNullable(namespace).map(NetworkNamespace::new),
        new Sending(
            oversize == null ? Oversize.SKIP : oversize,
            backend == null ? Backend.AUTO : backend,
            verify != null,
            receivers(),
            dryRun));
  }

  private List<Receiver> receivers() {
    return verify == null || verify.isEmpty()
        ? List.of()
        : Arrays.stream(verify.split(",", -1)).map(Receiver::parse).toList();
  }

  /**
   * @throws IllegalArgumentException if a file was taken for the receiving interface; the message
   *     is for people
   */
  void requireNoFileAsReceiver(boolean anyFiles) {
    if (!anyFiles && verify != null && !verify.isEmpty() && Files.exists(Path.of(verify))) {
      throw new IllegalArgumentException(
          "--verify takes '%s' for an interface: write --verify after the files".formatted(verify));
    }
  }

  /**
   * @throws IllegalArgumentException if it makes no sense; the message is for people
   */
  SideSplit split(RewriteSettings rewriting) {
    if (sides != null) {
      return SideSplit.parse(sides);
    }
    return server != null || rewriting.differsBySide()
        ? new SideSplit.Automatic()
        : new SideSplit.None();
  }
}
