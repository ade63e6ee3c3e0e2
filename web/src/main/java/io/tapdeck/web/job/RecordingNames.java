package io.tapdeck.web.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** Finds the recordings of a data directory by what people call them, without an appliance. */
public final class RecordingNames {
  private RecordingNames() {}

  /**
   * The directory of a recording's segments.
   *
   * @param data the data directory
   * @param name the recording's name, or its id
   * @throws IllegalArgumentException if there is no such recording, or there are several; the
   *     message is for people
   */
  public static Path find(Path data, String name) {
    Path all = data.toAbsolutePath().normalize().resolve("recordings");
    List<Path> found = new ArrayList<>();
    try (Stream<Path> directories = Files.list(all)) {
      for (Path directory : directories.filter(JobFiles::isJob).sorted().toList()) {
        if (isCalled(directory, name)) {
          found.add(directory);
        }
      }
    } catch (IOException unreadable) {
      throw new IllegalArgumentException(
          "there are no recordings to be read in " + data + "; name another directory with --data",
          unreadable);
    }
    if (found.isEmpty()) {
      throw new IllegalArgumentException(
          "there is no recording '%s' in %s".formatted(plain(name), data));
    }
    if (found.size() > 1) {
      throw new IllegalArgumentException(
          "there are %d recordings '%s': name one by its id, such as %s"
              .formatted(found.size(), plain(name), found.getFirst().getFileName()));
    }
    return found.getFirst();
  }

  private static String plain(String name) {
    return name.replaceAll("\\p{Cntrl}", "?");
  }

  private static boolean isCalled(Path directory, String name) {
    if (isId(name)) {
      return directory.getFileName().toString().equals(UUID.fromString(name).toString());
    }
    try {
      Path file = directory.resolve("recording.json");
      return new DocumentFile<>(file, RecordingDocument.class).read().request().name().equals(name);
    } catch (IOException damaged) {
      return false;
    }
  }

  private static boolean isId(String name) {
    try {
      return UUID.fromString(name).toString().equalsIgnoreCase(name);
    } catch (IllegalArgumentException other) {
      return false;
    }
  }
}
