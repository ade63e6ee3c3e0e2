package io.tapdeck.capture.archive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Runs a tool that judges what is written. */
public final class Tool {
  private Tool() {}

  /** What a tool prints; fails if it says that something is wrong. */
  public static byte[] run(Path directory, String... command) throws IOException {
    Path errors = Files.createTempFile("tool", ".err");
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectError(errors.toFile())
              .start();
      byte[] printed = process.getInputStream().readAllBytes();
      int status = process.waitFor();
      if (status != 0) {
        throw new AssertionError(
            List.of(command) + " ended with " + status + ": " + Files.readString(errors));
      }
      return printed;
    } catch (InterruptedException ended) {
      throw new IOException(ended);
    } finally {
      Files.delete(errors);
    }
  }

  /** The names in a directory. */
  public static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
