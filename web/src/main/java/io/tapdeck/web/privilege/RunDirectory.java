package io.tapdeck.web.privilege;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of a starter that is at work, named after its process: others may pass it, and only
 * root writes to it.
 */
final class RunDirectory {
  private static final Logger LOG = LoggerFactory.getLogger(RunDirectory.class);

  /** Only root writes to it. */
  private static final Path RUN = Path.of("/run");

  private static final String PREFIX = "tapdeck-";
  private static final Pattern NAME = Pattern.compile(PREFIX + "([0-9]{1,9})-[0-9]+");

  private RunDirectory() {}

  /** Makes that of this process, and removes those of processes that were killed. */
  static Path make() throws IOException {
    if (!Files.isWritable(RUN)) {
      return open(Files.createTempDirectory(PREFIX));
    }
    removeLeft();
    return open(Files.createTempDirectory(RUN, PREFIX + ProcessHandle.current().pid() + "-"));
  }

  private static Path open(Path directory) throws IOException {
    return Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
  }

  private static void removeLeft() throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(RUN, PREFIX + "*")) {
      for (Path one : all) {
        Matcher name = NAME.matcher(one.getFileName().toString());
        if (name.matches()
            && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty()
            && Files.isDirectory(one, LinkOption.NOFOLLOW_LINKS)) {
          LOG.debug("{} was left by a starter that was killed", one);
          delete(one);
        }
      }
    }
  }

  /** Removes one with its files. */
  static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(directory);
  }
}
