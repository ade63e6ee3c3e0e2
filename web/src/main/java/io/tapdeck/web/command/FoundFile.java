package io.tapdeck.web.command;

import io.tapdeck.capture.find.Finder;
import io.tapdeck.capture.pcap.CaptureFormat;
import io.tapdeck.capture.pcap.CaptureInterface;
import io.tapdeck.capture.pcap.CaptureStream;
import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.PcapFormat;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Writes what a search finds to a capture file, as it is found. */
final class FoundFile {
  /** Whoever reads the file while it is written sees a packet no later. */
  private static final long FLUSH_NANOS = Duration.ofMillis(200).toNanos();

  private FoundFile() {}

  /**
   * Writes all of it.
   *
   * @param name of the file, or - for the output of this process
   */
  static void write(Finder finder, String name) throws IOException {
    CaptureFormat format = name.endsWith(".pcapng") ? CaptureFormat.PCAPNG : CaptureFormat.PCAP;
    // So that what cannot be searched at all leaves no file behind.
    boolean any = finder.next();
    try (OutputStream out =
        name.equals("-")
            ? new FileOutputStream(FileDescriptor.out)
            : Files.newOutputStream(Path.of(name))) {
      CaptureInterface first =
          any
              ? finder.captureInterface()
              : new CaptureInterface("", LinkType.ETHERNET, PcapFormat.LARGEST_CAPTURE_LENGTH);
      CaptureStream file = new CaptureStream(out, format, first, List.of());
      long flushed = 0;
      while (any) {
        file.add(
            finder.captureInterface(),
            finder.timestampNanos(),
            finder.captureLength(),
            (int) finder.originalLength(),
            finder.buffer(),
            finder.offset());
        if (System.nanoTime() - flushed > FLUSH_NANOS) {
          file.flush();
          flushed = System.nanoTime();
        }
        any = finder.next();
      }
      file.flush();
    }
  }
}
