package io.tapdeck.web.command;

import io.tapdeck.capture.unit.DataSize;
import io.tapdeck.web.job.RecordingImports;
import java.util.List;
import picocli.CommandLine.Option;

/** How much of others' captures an appliance takes in. */
final class UploadOptions {
  @Option(
      names = "--upload-size",
      paramLabel = "SIZE",
      converter = DataSizes.class,
      defaultValue = "16GiB",
      description = "An uploaded capture has at most so many bytes (default ${DEFAULT-VALUE}).")
  private DataSize size;

  @Option(
      names = "--upload-content",
      paramLabel = "SIZE",
      converter = DataSizes.class,
      defaultValue = "64GiB",
      description =
          "It holds at most so many bytes, once it is decompressed (default ${DEFAULT-VALUE}).")
  private DataSize content;

  @Option(
      names = "--upload-keep-free",
      paramLabel = "PERCENT",
      converter = Percentages.class,
      defaultValue = "5%",
      description =
          "So much of the file system stays free when captures are uploaded, or what a recording"
              + " that is under way keeps free, if that is more (default ${DEFAULT-VALUE}).")
  private int keepFree;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  UploadOptions() {}

  /** The words of a command line that say the same. */
  List<String> words() {
    RecordingImports.Limits limits = limits();
    return List.of(
        "--upload-size=" + limits.bytes(),
        "--upload-content=" + limits.contentBytes(),
        "--upload-keep-free=" + limits.keepFree() + "%");
  }

  RecordingImports.Limits limits() {
    try {
      return new RecordingImports.Limits(size.bytes(), content.bytes(), keepFree);
    } catch (IllegalArgumentException wrong) {
      throw new RefusedException("--upload-: " + wrong.getMessage(), wrong);
    }
  }
}
