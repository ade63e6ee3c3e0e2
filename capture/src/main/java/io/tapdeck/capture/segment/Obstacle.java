package io.tapdeck.capture.segment;

import io.tapdeck.capture.os.Errno;
import java.io.IOException;
import java.nio.file.FileSystemException;

/**
 * What keeps a file from being written.
 *
 * @param kind what can be done about it
 * @param words for people, a clause
 */
public record Obstacle(Kind kind, String words) {
  /** What can be done about it. */
  public enum Kind {
    /** Room can be made. */
    DISK_FULL,
    /** Somebody can put it right. */
    READ_ONLY,
    OTHER
  }

  private static final String NO_SPACE = Errno.text(Errno.ENOSPC);
  private static final String NO_QUOTA = Errno.text(Errno.EDQUOT);
  private static final String READ_ONLY = Errno.text(Errno.EROFS);

  /** What a failure comes from. Its text is the C library's, in whatever language. */
  public static Obstacle of(IOException failed) {
    String words = words(failed);
    if (words.contains(NO_SPACE) || words.contains(NO_QUOTA)) {
      return new Obstacle(Kind.DISK_FULL, "disk full");
    }
    if (words.contains(READ_ONLY)) {
      return new Obstacle(Kind.READ_ONLY, "the disk is read-only");
    }
    return new Obstacle(Kind.OTHER, "cannot write: " + words);
  }

  /** Whether it has nothing to do with the way in which was written. */
  boolean isOfTheDisk() {
    return kind != Kind.OTHER;
  }

  private static String words(IOException failed) {
    if (failed instanceof FileSystemException named && named.getReason() != null) {
      return named.getReason();
    }
    return failed instanceof FileSystemException || failed.getMessage() == null
        ? failed.toString()
        : failed.getMessage();
  }
}
