package io.tapdeck.web.command;

import io.tapdeck.capture.netif.InterfaceInventory;
import io.tapdeck.provisioner.northbound.Names;
import io.tapdeck.provisioner.northbound.Refusal;
import io.tapdeck.web.mirror.GuestMirror;
import io.tapdeck.web.mirror.GuestMirrors;
import io.tapdeck.web.mirror.NorthboundLink;
import io.tapdeck.web.mirror.NotActiveException;
import io.tapdeck.web.mirror.TapNicPlace;
import io.tapdeck.web.starter.ProgramLine;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tapdeck tap}. */
@Command(
    name = "tap",
    description = {
      "Records all traffic of a guest, now: makes a tap service on this machine, a tap flow for"
          + " each of the guest's NICs and a recording, and takes just those away at the end.",
      "It ends by Ctrl-C, SIGTERM, or --for. Exit status: that of the recording."
    })
final class TapCommand implements Callable<Integer> {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  @Mixin private NorthboundAccess access;
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "GUEST", description = "The guest's name or id.")
  private String guest;

  @Parameters(
      index = "1..*",
      paramLabel = "OPTION",
      description = "After --, further options of 'tapdeck record', such as --rotate-size 100MiB.")
  private List<String> recordOptions = List.of();

  @Option(
      names = "--for",
      paramLabel = "TIME",
      converter = Durations.class,
      description = "Ends after that time, like 30s or 10m (default: when it is told to).")
  private @Nullable Duration time;

  @Option(
      names = {"-f", "--filter"},
      paramLabel = "BPF",
      description = "Records only the frames that match, see pcap-filter(7) (default: all).")
  private @Nullable String filter;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      description = "The directory for the segments (default: tap-GUEST-TIME, here).")
  private @Nullable Path directory;

  @Option(names = "--json", description = "The last line on standard output is a JSON object.")
  private boolean json;

  private final AtomicBoolean stopped = new AtomicBoolean();
  private final AtomicReference<@Nullable Process> recorder = new AtomicReference<>();

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  TapCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    Semaphore changed = new Semaphore(0);
    try (StopSignals signals = new StopSignals(this::stop);
        NorthboundLink link = NorthboundLink.keep(access.endpoint(), changed::release)) {
      awaitConnection(link, changed);
      GuestMirrors mirrors = Works.guestMirrors(link, InterfaceInventory::take);
      GuestMirror mirror = plan(mirrors, link);
      try {
        tell("mirroring " + mirror.guestName() + " to host " + mirror.host());
        TapNicPlace nic = mirrors.make(mirror);
        return signals.end(stopped.get() ? ExitStatus.DONE : record(mirror, nic));
      } catch (Refusal refusal) {
        throw new RefusedException(String.valueOf(refusal.getMessage()), refusal);
      } catch (NotActiveException late) {
        tell(String.valueOf(late.getMessage()));
        return signals.end(ExitStatus.INCOMPLETE);
      } finally {
        undo(mirrors, mirror);
      }
    }
  }

  private void stop() {
    stopped.set(true);
    Process running = recorder.get();
    if (running != null) {
      running.destroy();
    }
  }

  private static void awaitConnection(NorthboundLink link, Semaphore changed)
      throws InterruptedException {
    long deadline = System.nanoTime() + CONNECT.toNanos();
    while (link.now().isEmpty()) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw new RefusedException(
            "the northbound does not answer: "
                + link.detail()
                + "; start it with 'tapdeck northbound start', or give --northbound");
      }
      var _ = changed.tryAcquire(Math.min(left, 100_000_000), TimeUnit.NANOSECONDS);
    }
  }

  private GuestMirror plan(GuestMirrors mirrors, NorthboundLink link) throws IOException {
    try {
      return mirrors.plan(UUID.randomUUID(), Names.guest(guest, link.demand().view()));
    } catch (Refusal refusal) {
      throw new RefusedException(String.valueOf(refusal.getMessage()), refusal);
    }
  }

  /** A program of its own records, so that it can end in order while this one waits. */
  private int record(GuestMirror mirror, TapNicPlace nic) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("record", "--interface=" + nic.name()));
    if (nic.netns() != null) {
      words.add("--netns=" + nic.netns());
    }
    words.add("--output=" + output(mirror));
    if (filter != null) {
      words.add("--filter=" + filter);
    }
    if (time != null) {
      words.add("--stop-after=" + time.toMillis() + "ms");
    }
    if (json) {
      words.add("--json");
    }
    words.addAll(recordOptions);
    Process started =
        new ProcessBuilder(ProgramLine.ofThisProcess(Tapdeck.class.getName()).with(words))
            .inheritIO()
            .start();
    recorder.set(started);
    if (stopped.get()) {
      started.destroy();
    }
    return started.waitFor();
  }

  private Path output(GuestMirror mirror) {
    return directory != null
        ? directory
        : Path.of(
            "tap-"
                + mirror.guestName().replaceAll("[^A-Za-z0-9_.-]", "")
                + "-"
                + TIME.format(Instant.now()));
  }

  private void undo(GuestMirrors mirrors, GuestMirror mirror) throws InterruptedException {
    try {
      mirrors.undo(mirror);
    } catch (IOException | Refusal kept) {
      tell(
          "what was made could not be taken away: "
              + kept.getMessage()
              + "; delete tap flow and tap service "
              + mirror.name()
              + " once the northbound is back");
    }
  }

  private void tell(String line) {
    spec.commandLine().getErr().println(spec.qualifiedName() + ": " + Presentation.plain(line));
    spec.commandLine().getErr().flush();
  }
}
