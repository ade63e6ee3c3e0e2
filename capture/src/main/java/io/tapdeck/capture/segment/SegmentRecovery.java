package io.tapdeck.capture.segment;

import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.NotPcapException;
import io.tapdeck.capture.pcap.PcapFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finishes what a recorder left when it was killed: each unfinished segment is cut after its last
 * whole record and gets its final name and sidecar, also if it holds no frame, since that it was
 * begun is on record then. No frame is invented, no segment deleted. Doing it twice, or being
 * killed in between, does no harm.
 */
final class SegmentRecovery {
  private final Path directory;
  private final List<Sidecar> recovered = new ArrayList<>();
  private final List<String> leftAlone = new ArrayList<>();

  private SegmentRecovery(Path directory) {
    this.directory = directory;
  }

  /** Recovers a directory in which nobody is writing. */
  static SegmentDirectory.Recovery recover(Path directory) throws IOException {
    SegmentRecovery recovery = new SegmentRecovery(directory);
    for (SegmentName name : recovery.names()) {
      recovery.recover(name);
    }
    return new SegmentDirectory.Recovery(
        List.copyOf(recovery.recovered), List.copyOf(recovery.leftAlone));
  }

  private Iterable<SegmentName> names() throws IOException {
    TreeSet<SegmentName> names =
        new TreeSet<>(
            Comparator.comparing(SegmentName::opened).thenComparingInt(SegmentName::number));
    try (Stream<Path> files = Files.list(directory)) {
      files
          .flatMap(file -> SegmentName.ofAnyFile(file.getFileName().toString()).stream())
          .forEach(names::add);
    }
    return names;
  }

  private void recover(SegmentName name) throws IOException {
    Files.deleteIfExists(name.draftSidecarIn(directory));
    if (Files.exists(name.unfinishedIn(directory))) {
      finishSegment(name);
    } else if (!Files.exists(name.in(directory))) {
      // Nothing but a sidecar, of a segment that was never begun.
      Files.deleteIfExists(name.unfinishedSidecarIn(directory));
    } else if (Files.exists(name.sidecarIn(directory))) {
      Files.deleteIfExists(name.unfinishedSidecarIn(directory));
    } else {
      finishSidecar(name);
    }
  }

  private void finishSegment(SegmentName name) throws IOException {
    Path file = name.unfinishedIn(directory);
    Optional<Sidecar> begun = SidecarFile.read(name.unfinishedSidecarIn(directory));
    completeHeader(file, begun);
    try {
      SegmentScan scan = SegmentScan.of(file, name);
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(scan.contents().fileBytes());
        channel.force(true);
      }
      publish(name, scan, begun, null, "the recorder ended before the segment did");
    } catch (NotPcapException damaged) {
      leftAlone.add(damaged.getMessage());
    }
  }

  /** A recorder killed between making a segment and writing to it leaves it without a header. */
  private static void completeHeader(Path file, Optional<Sidecar> begun) throws IOException {
    Origin origin = begun.map(Sidecar::origin).orElse(null);
    if (origin == null || Files.size(file) >= PcapFormat.FILE_HEADER_LENGTH) {
      return;
    }
    ByteBuffer header =
        ByteBuffer.allocate(PcapFormat.FILE_HEADER_LENGTH).order(ByteOrder.nativeOrder());
    PcapFormat.putFileHeader(
        header, 0, origin.snaplen(), new LinkType(begun.orElseThrow().linkType()));
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(header, 0);
    }
  }

  private void finishSidecar(SegmentName name) throws IOException {
    Optional<Sidecar> begun = SidecarFile.read(name.unfinishedSidecarIn(directory));
    try {
      SegmentScan scan = SegmentScan.of(name.in(directory), name);
      // If it is the recorder's last word on this very file, then its counters count.
      SegmentCounters counters =
          begun
              .filter(last -> last.packets() == scan.contents().packets())
              .map(Sidecar::counters)
              .orElse(null);
      publish(name, scan, begun, counters, "the segment had no sidecar");
    } catch (NotPcapException damaged) {
      leftAlone.add(damaged.getMessage());
    }
  }

  private void publish(
      SegmentName name,
      SegmentScan scan,
      Optional<Sidecar> begun,
      @Nullable SegmentCounters counters,
      String why)
      throws IOException {
    Sidecar sidecar =
        Sidecar.of(
            name,
            scan.linkType().number(),
            scan.contents(),
            begun.map(Sidecar::origin).orElse(null),
            counters,
            new Recovered(scan.bytesAfter(), why + "; " + scan.reason()));
    SegmentFiles.publish(directory, name, sidecar);
    recovered.add(sidecar);
  }
}
