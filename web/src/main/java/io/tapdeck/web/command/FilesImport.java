package io.tapdeck.web.command;

import io.tapdeck.capture.segment.ImportRefusedException;
import io.tapdeck.capture.segment.SegmentDirectory;
import io.tapdeck.capture.segment.SegmentImport;
import io.tapdeck.capture.segment.Sidecar;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tapdeck files import}. */
@Command(
    name = "import",
    sortOptions = false,
    description = {
      "Copies captures that others made into a directory as segments, with sidecars.",
      "They are pcap or pcapng, plain or compressed, and are stored decompressed. Each is read to"
          + " its last packet; one that is damaged is refused, and nothing of it is kept.",
      "Those before it stay. Exit status: 0 all are there; 1 some are; 2 refused, none is."
    })
final class FilesImport implements Callable<Integer> {
  @Parameters(arity = "1..*", paramLabel = "FILE", description = "The captures.")
  private List<Path> files;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "DIR",
      description = "The directory for the segments; made if it is not there.")
  private Path directory;

  @Mixin private Presentation presentation;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  FilesImport() {}

  @Override
  public Integer call() throws IOException {
    List<Map<String, Object>> done = new ArrayList<>();
    for (Path file : files) {
      if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
        throw new RefusedException(file + " is no file that can be read; name a capture");
      }
    }
    try (SegmentDirectory held = hold()) {
      for (Path file : files) {
        done.add(take(file, held));
      }
    } catch (IOException failed) {
      if (done.isEmpty()) {
        throw new RefusedException(words(failed), failed);
      }
      show(done);
      throw new IOException(
          "only %d of %d are there: %s".formatted(done.size(), files.size(), words(failed)),
          failed);
    }
    show(done);
    return ExitStatus.DONE;
  }

  private void show(List<Map<String, Object>> done) throws IOException {
    presentation.showList(done, List.of("file", "segment", "packets", "bytes"));
  }

  private static String words(IOException failed) {
    return failed instanceof ImportRefusedException
        ? String.valueOf(failed.getMessage())
        : "the next cannot be copied: " + failed.getMessage();
  }

  private SegmentDirectory hold() {
    try {
      Files.createDirectories(directory);
      return SegmentDirectory.hold(directory)
          .orElseThrow(() ->
              new RefusedException(
                  "somebody is writing in " + directory + ": wait, or name another directory"));
    } catch (IOException unusable) {
      throw new RefusedException(
          "cannot use " + directory + ": " + unusable.getMessage(), unusable);
    }
  }

  private static Map<String, Object> take(Path file, SegmentDirectory held) throws IOException {
    try (FileChannel capture = FileChannel.open(file, StandardOpenOption.READ)) {
      Sidecar segment =
          SegmentImport.take(
              capture, file.toString(), held.path(), held.nextNumber(), SegmentImport.Limits.NONE);
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("file", file.toString());
      fields.put("segment", segment.file());
      fields.put("packets", segment.packets());
      fields.put("bytes", segment.bytes());
      return fields;
    }
  }
}
