package io.tapdeck.web.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tapdeck recording-upload}. */
@Command(
    name = "recording-upload",
    sortOptions = false,
    description = {
      "Uploads a capture to an appliance, where it becomes a recording that has ended.",
      "It is pcap or pcapng, plain or compressed with gzip, zstd, xz or lz4. The appliance reads it"
          + " to its last packet; if it is damaged or too large nothing of it is kept.",
      "Exit status: 0 it is a recording now; 1 it broke off; 2 refused."
    })
final class RecordingUpload implements Callable<Integer> {
  private static final int LONGEST_NAME = 100;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "The capture.")
  private Path file;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "What the recording is to be called (default: as the file is).")
  private @Nullable String name;

  @Mixin private ApplianceAccess access;
  @Mixin private Presentation presentation;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  RecordingUpload() {}

  @Override
  public Integer call() throws Exception {
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new RefusedException(file + " is no file that can be read; name a capture");
    }
    String called = name == null ? nameOf(file) : name;
    String path =
        "/recordings/%s/upload?name=%s"
            .formatted(
                UUID.randomUUID(),
                URLEncoder.encode(called, StandardCharsets.UTF_8).replace("+", "%20"));
    return access.run(appliance -> {
      JsonNode made;
      try (TransferProgressLine line =
          new TransferProgressLine(spec.commandLine().getErr(), called, Files.size(file))) {
        made = appliance.upload(path, file, line::moved);
      }
      presentation.show(
          presentation.isJson() ? RemoteThings.whole(made) : RemoteThings.recordingWords(made));
      return ExitStatus.DONE;
    });
  }

  /** As the file is called; what is cut off at its end is a whole character. */
  static String nameOf(Path file) {
    String plain = String.valueOf(file.getFileName()).replaceAll("\\p{Cntrl}", "_");
    if (plain.length() <= LONGEST_NAME) {
      return plain;
    }
    boolean splits = Character.isHighSurrogate(plain.charAt(LONGEST_NAME - 1));
    return plain.substring(0, splits ? LONGEST_NAME - 1 : LONGEST_NAME);
  }
}
