package io.tapdeck.web.api;

import io.tapdeck.web.http.Call;
import io.tapdeck.web.http.Problem;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file that a caller gets, whole or a range of it (RFC 9110, sections 13 and 14). A file that
 * does not change any more: its size and time make its entity tag. What cannot be sent to its end
 * breaks the connection, so that nobody takes a part for the whole.
 *
 * @param name that the caller is to save it under, of plain characters
 */
record Download(Path file, String name, String type, String tag) {
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

  static Download of(Path file, String name, String type) throws IOException {
    long changed = Files.getLastModifiedTime(file).to(TimeUnit.NANOSECONDS);
    String tag = "\"%x-%x\"".formatted(Files.size(file), changed);
    return new Download(file, name, type, tag);
  }

  /**
   * Answers with the beginning of a file that goes on growing: that does not change any more, but
   * there is more of it each time, so it has no ranges and no tag.
   *
   * @param length that it has had already
   */
  static void answerBeginning(Call call, Path file, String name, String type, long length)
      throws IOException {
    try (FileChannel channel = open(file)) {
      call.header("Content-Disposition", "attachment; filename=\"" + name + "\"");
      call.file(200, type, channel, 0, length);
    }
  }

  private static FileChannel open(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
  }

  /** Bytes from the first to the last, both among them. */
  record Range(long first, long last) {
    long length() {
      return last - first + 1;
    }
  }

  void answer(Call call) throws IOException {
    call.header("ETag", tag);
    call.header("Accept-Ranges", "bytes");
    if (call.header("If-None-Match").filter(this::isNamedIn).isPresent()) {
      call.none(304);
      return;
    }
    call.header("Content-Disposition", "attachment; filename=\"" + name + "\"");
    try (FileChannel channel = open(file)) {
      long size = channel.size();
      Optional<Range> asked = range(call, size);
      if (asked.isPresent()) {
        Range range = asked.get();
        call.header("Content-Range", "bytes %d-%d/%d".formatted(range.first(), range.last(), size));
        call.file(206, type, channel, range.first(), range.length());
      } else {
        call.file(200, type, channel, 0, size);
      }
    }
  }

  private boolean isNamedIn(String tags) {
    return tags.strip().equals("*")
        || Arrays.stream(tags.split(",", -1))
            .anyMatch(one -> one.strip().replaceFirst("^W/", "").equals(tag));
  }

  /** The one range that is wanted; several, or what is none, means the whole. */
  private Optional<Range> range(Call call, long size) {
    Optional<Matcher> asked =
        call.header("Range").map(RANGE::matcher).filter(Matcher::matches).filter(this::isRange);
    boolean current = call.header("If-Range").map(tag::equals).orElse(true);
    if (asked.isEmpty() || !current) {
      return Optional.empty();
    }
    Range range = range(asked.get(), size);
    if (range.first() >= size || range.length() < 1) {
      call.header("Content-Range", "bytes */" + size);
      throw Problem.of(416, "the file has only " + size + " bytes");
    }
    return Optional.of(range);
  }

  private boolean isRange(Matcher asked) {
    String first = asked.group(1);
    String last = asked.group(2);
    return !(first.isEmpty() && last.isEmpty())
        && (first.isEmpty() || last.isEmpty() || Long.parseLong(first) <= Long.parseLong(last));
  }

  private static Range range(Matcher asked, long size) {
    String first = asked.group(1);
    String last = asked.group(2);
    if (first.isEmpty()) {
      return new Range(Math.max(0, size - Long.parseLong(last)), size - 1);
    }
    return new Range(
        Long.parseLong(first),
        last.isEmpty() ? size - 1 : Math.min(size - 1, Long.parseLong(last)));
  }
}
