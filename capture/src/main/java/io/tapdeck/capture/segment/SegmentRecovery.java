package io.tapdeck.capture.segment;

import io.tapdeck.capture.archive.Compression;
import io.tapdeck.capture.archive.DamagedArchiveException;
import io.tapdeck.capture.archive.Sha256;
import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.NotPcapException;
import io.tapdeck.capture.pcap.PcapFormat;
import io.tapdeck.capture.pcap.PcapngInterface;
import io.tapdeck.capture.pcap.PcapngSection;
import io.tapdeck.capture.pcap.TimestampPrecision;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
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
  /** Of a file in which nothing is said but the name of an interface. */
  private static final int LONGEST_HEADER = 16 << 10;

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
    TreeSet<SegmentName> names = new TreeSet<>(SegmentName.OLDEST_FIRST);
    try (Stream<Path> files = Files.list(directory)) {
      files
          .flatMap(file -> SegmentName.ofAnyFile(file.getFileName().toString()).stream())
          .forEach(names::add);
    }
    return names;
  }

  private void recover(SegmentName name) throws IOException {
    if (Files.exists(name.sidecarIn(directory), LinkOption.NOFOLLOW_LINKS)) {
      // Others may be changing it at this moment.
      try (HeldSidecar held = HeldSidecar.hold(directory, name)) {
        CompressionRecovery.of(directory, name, held).ifPresent(leftAlone::add);
        Files.deleteIfExists(name.draftSidecarIn(directory));
        recoverFiles(name);
        return;
      } catch (NoSuchFileException notOurs) {
        // It makes no sense, or is not this segment's: nobody changes it.
      }
    }
    Files.deleteIfExists(name.draftSidecarIn(directory));
    CompressionRecovery.deleteDrafts(directory, name);
    recoverFiles(name);
  }

  private void recoverFiles(SegmentName name) throws IOException {
    Optional<Path> complete = name.findIn(directory);
    if (Files.exists(name.unfinishedIn(directory))) {
      finishSegment(name);
    } else if (complete.isEmpty() && !Files.exists(name.in(directory))) {
      // Nothing but a sidecar, of a segment that was never begun.
      Files.deleteIfExists(name.unfinishedSidecarIn(directory));
      deleteLeftSidecar(name);
    } else if (Files.exists(name.sidecarIn(directory))) {
      Files.deleteIfExists(name.unfinishedSidecarIn(directory));
    } else {
      finishSidecar(name, complete.orElse(name.in(directory)));
    }
  }

  /** Who removes a segment and is killed leaves its sidecar. */
  private void deleteLeftSidecar(SegmentName name) throws IOException {
    Path file = name.sidecarIn(directory);
    if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        && SidecarFile.read(file).filter(left -> name.fileName().equals(left.file())).isPresent()) {
      Files.delete(file);
    }
  }

  private void finishSegment(SegmentName name) throws IOException {
    Path file = name.unfinishedIn(directory);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      leftAlone.add(file + " is not a regular file");
      return;
    }
    Optional<Sidecar> begun = SidecarFile.read(name.unfinishedSidecarIn(directory));
    completeHeader(file, begun);
    try {
      SegmentScan scan = SegmentScan.of(file, name);
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(scan.contents().fileBytes());
        channel.force(true);
      }
      Optional<SegmentCounters> counters = countersOf(begun, scan);
      String why =
          counters.isPresent()
              ? "the recorder ended before the segment had its name"
              : "the recorder ended before the segment did";
      publish(
          name,
          scan.contents(),
          scan.linkType(),
          begun,
          counters,
          new Recovered(scan.bytesAfter(), why + "; " + scan.reason()));
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
    LinkType linkType = new LinkType(begun.orElseThrow().linkType());
    ByteBuffer header = ByteBuffer.allocate(LONGEST_HEADER).order(ByteOrder.nativeOrder());
    SegmentLayout layout =
        file.toString().endsWith(SegmentFormat.PCAPNG.extension() + ".part")
            ? new PcapngLayout(
                new PcapngSection("", "", "", List.of()),
                List.of(
                    new PcapngInterface(
                        origin.interfaceName(),
                        "",
                        "",
                        OptionalLong.empty(),
                        origin.snaplen(),
                        linkType,
                        List.of())))
            : new PcapLayout(linkType, origin.snaplen(), TimestampPrecision.NANOSECONDS);
    layout.putHeader(header);
    header.limit(layout.headerLength());
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(header, 0);
    }
  }

  private void finishSidecar(SegmentName name, Path file) throws IOException {
    Optional<Sidecar> begun = SidecarFile.read(name.unfinishedSidecarIn(directory));
    try {
      SegmentScan scan = SegmentScan.of(file, name);
      Optional<SegmentCounters> counters = countersOf(begun, scan);
      String why =
          counters.isPresent()
              ? "the recorder ended before the sidecar had its name; "
              : "the segment had no sidecar; ";
      String after =
          scan.bytesAfter() == 0
              ? ""
              : "; the %d bytes after the last whole record are left there"
                  .formatted(scan.bytesAfter());
      // A final name is a promise: nothing of the file is cut off.
      publish(
          name,
          scan.contents().inFileOf(scan.contents().fileBytes() + scan.bytesAfter()),
          scan.linkType(),
          begun,
          counters,
          new Recovered(0, why + scan.reason() + after));
    } catch (NotPcapException | DamagedArchiveException damaged) {
      leftAlone.add(damaged.getMessage());
    }
  }

  /** The recorder's counters, if the sidecar is its last word on exactly these frames. */
  private static Optional<SegmentCounters> countersOf(Optional<Sidecar> sidecar, SegmentScan scan) {
    return sidecar
        .filter(last -> last.packets() == scan.contents().packets())
        .map(Sidecar::counters);
  }

  private void publish(
      SegmentName name,
      Contents contents,
      LinkType linkType,
      Optional<Sidecar> begun,
      Optional<SegmentCounters> counters,
      Recovered how)
      throws IOException {
    Sidecar sidecar =
        Sidecar.of(
                name,
                linkType.number(),
                contents,
                begun.map(Sidecar::origin).orElse(null),
                counters.orElse(null),
                how)
            // Those, too, are in the recorder's last word only.
            .withGaps(counters.isEmpty() ? List.of() : begun.map(Sidecar::gaps).orElse(List.of()))
            .withStored(stored(name));
    SegmentFiles.publish(directory, name, sidecar);
    recovered.add(sidecar);
  }

  /** Null if it is not compressed. */
  private Sidecar.@Nullable Stored stored(SegmentName name) throws IOException {
    Path file = name.findIn(directory).orElse(name.in(directory));
    String fileName = file.getFileName().toString();
    Compression compression = Compression.ofFileName(fileName);
    return compression == Compression.NONE
        ? null
        : new Sidecar.Stored(fileName, compression, Files.size(file), Sha256.of(file));
  }
}
