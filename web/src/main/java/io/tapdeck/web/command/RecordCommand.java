package io.tapdeck.web.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapdeck.capture.archive.Compression;
import io.tapdeck.capture.os.NetworkNamespace;
import io.tapdeck.capture.os.Terminal;
import io.tapdeck.capture.pcap.TimestampPrecision;
import io.tapdeck.capture.recording.Recording;
import io.tapdeck.capture.recording.RecordingRefusedException;
import io.tapdeck.capture.recording.RecordingSettings;
import io.tapdeck.capture.recording.RecordingSummary;
import io.tapdeck.capture.recording.SegmentListener;
import io.tapdeck.capture.recording.Standing;
import io.tapdeck.capture.segment.ArchiveSettings;
import io.tapdeck.capture.segment.DirectIo;
import io.tapdeck.capture.segment.SegmentFormat;
import io.tapdeck.capture.segment.Sidecar;
import io.tapdeck.capture.unit.DataSize;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tapdeck record}: an interface's frames into segments, until told to stop. */
@Command(
    name = "record",
    sortOptions = false,
    description = {
      "Records the frames on interfaces into pcap or pcapng files.",
      "Ends at SIGINT (Ctrl-C), SIGTERM or the first limit, with every file complete."
    },
    footer = {
      "",
      "Exit status: 0 done, or ended by a signal; 1 ended before it was told to, or not all",
      "that was read could be written; 2 refused, nothing begun."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class RecordCommand implements Callable<Integer> {
  /**
   * A ring consists of blocks of this size or half of it: so much less is for want of a whole one.
   */
  private static final long RING_BLOCK_BYTES = 256 << 10;

  private enum HashWish {
    ON,
    OFF
  }

  private enum OffloadsWish {
    KEEP,
    OFF
  }

  @Spec private CommandSpec spec;

  @Option(
      names = {"-i", "--interface"},
      required = true,
      paramLabel = "IFACE",
      description = "The interface to record; several of them into one pcapng file.")
  private List<String> interfaceNames;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "DIR",
      description = "The directory for the segments; one recorder writes in it at a time.")
  private Path directory;

  @Option(
      names = "--netns",
      paramLabel = "NAME",
      description = "The network namespace that the interface is in.")
  private @Nullable String netns;

  @Mixin private final CaptureOptions capture = new CaptureOptions();

  @Option(
      names = "--rotate-packets",
      paramLabel = "N",
      description = "Begins a new segment after so many packets (default: never).")
  private @Nullable Long rotatePackets;

  @Option(
      names = "--buffer",
      defaultValue = "64MiB",
      converter = DataSizes.class,
      paramLabel = "SIZE",
      description = "The kernel's buffer (default ${DEFAULT-VALUE}).")
  private DataSize buffer;

  @Option(
      names = "--write-buffer",
      converter = DataSizes.class,
      paramLabel = "SIZE",
      description =
          "Memory for what waits while the disk stalls, taken at the start if there is enough"
              + " (default: a 16th of the memory, at most 512MiB).")
  private @Nullable DataSize writeBuffer;

  @Option(
      names = "--format",
      defaultValue = "pcap",
      paramLabel = "pcap|pcapng",
      description =
          "Of the segments; pcapng says what was captured where, and takes several interfaces"
              + " (default ${DEFAULT-VALUE}).")
  private SegmentFormat format;

  @Option(
      names = "--time-precision",
      defaultValue = "nanoseconds",
      paramLabel = "nanoseconds|microseconds",
      description = "Of a pcap file's time stamps (default ${DEFAULT-VALUE}).")
  private TimestampPrecision precision;

  @Option(
      names = "--hash",
      defaultValue = "on",
      paramLabel = "on|off",
      description =
          "on: each complete segment gets its SHA-256, beside the recorder (default"
              + " ${DEFAULT-VALUE}).")
  private HashWish hash;

  @Option(
      names = "--compress",
      defaultValue = "none",
      paramLabel = "none|zstd|gzip",
      description =
          "Compresses complete segments, beside the recorder, with a low priority (default"
              + " ${DEFAULT-VALUE}).")
  private Compression compression;

  @Option(
      names = "--archive-rate",
      defaultValue = "100MiB",
      converter = DataSizes.class,
      paramLabel = "SIZE",
      description = "Reads no more each second to hash and compress (default ${DEFAULT-VALUE}).")
  private DataSize archiveRate;

  @Option(
      names = "--offloads",
      defaultValue = "keep",
      paramLabel = "keep|off",
      description =
          "off: frames are not merged or held together (GRO, LRO, TSO) while it records; put back"
              + " afterwards (default ${DEFAULT-VALUE}).")
  private OffloadsWish offloads;

  @Option(
      names = "--direct-io",
      defaultValue = "auto",
      paramLabel = "auto|on|off",
      description =
          "Writes past the page cache: auto where the file system takes it, on or refuses (default"
              + " ${DEFAULT-VALUE}).")
  private DirectIo directIo;

  @Option(
      names = "--recording",
      paramLabel = "UUID",
      description = "The recording's id; a new one if not given.")
  private @Nullable UUID recordingId;

  @Mixin private final ControlOption control = new ControlOption();

  @Option(names = "--json", description = "The last line on standard output is a JSON object.")
  private boolean json;

  @Option(
      names = {"-q", "--quiet"},
      description = "Tells nothing but errors.")
  private boolean quiet;

  @Override
  public Integer call() throws InterruptedException {
    RecordingSettings settings = settings();
    CompletableFuture<Recording> started = new CompletableFuture<>();
    // Before it starts, so that no signal can come in between; a stop then waits for the start.
    try (StopSignals signals = new StopSignals(() -> stopOnceStarted(started));
        control) {
      control.open(new RecordingStatus(settings, started), RecorderOrders.of(started));
      Recording recording = start(settings);
      started.complete(recording);
      tellBeginning(settings, recording);
      if (!quiet && Terminal.isStandardError()) {
        new RecordProgressLine(spec.commandLine().getErr()).follow(recording);
      }
      RecordingSummary summary = recording.await();
      ObjectNode report = RecordReport.json(settings, summary);
      tellEnd(settings, summary, report);
      control.end(ControlEvents.end(report));
      return signals.end(summary.failure().isPresent() ? ExitStatus.INCOMPLETE : ExitStatus.DONE);
    }
  }

  private static void stopOnceStarted(CompletableFuture<Recording> started) {
    var _ = started.thenAccept(Recording::stop);
  }

  private RecordingSettings settings() {
    try {
      RecordingSettings.Builder settings =
          RecordingSettings.builder(interfaceNames.getFirst(), directory)
              .interfaces(interfaceNames)
              .buffer(buffer)
              .format(format)
              .precision(precision)
              .archive(new ArchiveSettings(hash == HashWish.ON, compression, archiveRate))
              .withoutOffloads(offloads == OffloadsWish.OFF)
              .directIo(directIo);
      capture.set(settings);
      if (netns != null) {
        settings.namespace(new NetworkNamespace(netns));
      }
      if (rotatePackets != null) {
        settings.rotatePackets(rotatePackets);
      }
      if (writeBuffer != null) {
        settings.writeBuffer(writeBuffer);
      }
      if (recordingId != null) {
        settings.recording(recordingId);
      }
      return settings.build();
    } catch (IllegalArgumentException wrong) {
      throw new RefusedException(String.valueOf(wrong.getMessage()), wrong);
    }
  }

  private Recording start(RecordingSettings settings) throws InterruptedException {
    try {
      return Recording.start(settings, new Listener());
    } catch (RecordingRefusedException refused) {
      throw new RefusedException(String.valueOf(refused.getMessage()), refused);
    }
  }

  private void tellBeginning(RecordingSettings settings, Recording recording) {
    for (String problem : recording.recovery().leftAlone()) {
      tell("could not recover: " + problem);
    }
    if (quiet) {
      return;
    }
    for (Sidecar segment : recording.recovery().recovered()) {
      tell("recovered " + segment.file() + ": " + segment.packets() + " packets");
    }
    long ring = recording.ringBytes();
    if (ring > 0 && settings.buffer().bytes() - ring >= RING_BLOCK_BYTES) {
      tell("the kernel's buffer is only " + new DataSize(ring) + ": memory is short");
    }
    recording.warnings().forEach(this::tell);
    if (recording.isDirectRefused()) {
      tell("this file system takes no direct writes: segments go through the page cache");
    }
    tell(
        "recording on "
            + String.join(", ", settings.interfaceNames())
            + " into "
            + settings.directory());
  }

  private void tellEnd(RecordingSettings settings, RecordingSummary summary, ObjectNode report) {
    summary.failure().ifPresent(this::tell);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(report);
    } else if (!quiet) {
      RecordReport.text(settings, summary).forEach(out::println);
    }
    out.flush();
  }

  private void tell(String line) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("tapdeck record: " + line.strip().replaceAll("\\p{Cntrl}+", " "));
    err.flush();
  }

  /** Tells who follows, and what only somebody who reads can put right. */
  private final class Listener implements SegmentListener {
    private Standing.Kind told = Standing.Kind.RECORDING;

    @Override
    public void published(Sidecar segment) {
      control.publish(ControlEvents.published(segment));
    }

    @Override
    public void removed(String file) {
      control.publish(ControlEvents.removed(file));
    }

    @Override
    public void changed(Standing now) {
      if (now.kind() == Standing.Kind.RECORDING) {
        if (!quiet) {
          tell("recording again");
        }
      } else if (now.kind() != told) {
        tell(now.text() + "; goes on by itself");
      }
      told = now.kind();
    }

    @Override
    public void warned(String problem) {
      tell(problem);
    }
  }
}
