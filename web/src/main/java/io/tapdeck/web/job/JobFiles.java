package io.tapdeck.web.job;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapdeck.web.starter.JobKind;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The files of a job besides its document and its segments.
 *
 * @param directory the job's own
 * @param program what its process is called: recorder, player
 */
record JobFiles(Path directory, String program) {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int BLOCK = 64 << 10;

  /** Nothing that a program of ours says is as long; segments of a report come to most of it. */
  private static final long LONGEST_REPORT = 256L << 20;

  /** Lists in reports that are not as long as what was reported of. */
  private static final Set<String> SHORT_LISTS =
      Set.of("troubles", "verified", "timingErrorHistogram");

  private static final int LONGEST_SENTENCE = 2000;

  /** Makes a directory that only its owner can look into. */
  static void makePrivate(Path directory) throws IOException {
    Files.createDirectory(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  /** Whether a directory is called as those of jobs are. */
  static boolean isJob(Path directory) {
    try {
      String name = directory.getFileName().toString();
      return UUID.fromString(name).toString().equals(name)
          && Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS);
    } catch (IllegalArgumentException other) {
      return false;
    }
  }

  Path out() {
    return directory.resolve(program + ".out");
  }

  Path err() {
    return directory.resolve(program + ".err");
  }

  Path socket() {
    return directory.resolve(JobKind.SOCKET);
  }

  /** So that what an earlier process said is not taken for what the next one says. */
  void forgetOutput() throws IOException {
    Files.deleteIfExists(out());
    Files.deleteIfExists(err());
  }

  void delete() throws IOException {
    forgetOutput();
    Files.deleteIfExists(socket());
  }

  /** What the process complained of last, without the program's name; empty if of nothing. */
  String lastComplaint() throws IOException {
    String text;
    try (FileChannel channel = FileChannel.open(err(), StandardOpenOption.READ)) {
      long begin = Math.max(0, channel.size() - BLOCK);
      ByteBuffer end = ByteBuffer.allocate((int) (channel.size() - begin));
      while (end.hasRemaining() && channel.read(end, begin + end.position()) > 0) {
        // On to the end.
      }
      text = new String(end.array(), 0, end.position(), StandardCharsets.UTF_8);
    } catch (NoSuchFileException none) {
      return "";
    }
    String line = text.strip().substring(text.strip().lastIndexOf('\n') + 1);
    String plain = line.replaceFirst("^tapdeck [a-z]+: ", "").replaceAll("\\p{Cntrl}+", " ");
    return plain.substring(0, Math.min(LONGEST_SENTENCE, plain.length()));
  }

  /**
   * The report on the last line of the output, without its lists, which can be long; empty if the
   * process did not come to it.
   */
  Optional<ObjectNode> report() throws IOException {
    try (FileChannel channel = FileChannel.open(out(), StandardOpenOption.READ)) {
      long begin = lastLine(channel);
      if (channel.size() - begin > LONGEST_REPORT) {
        return Optional.empty();
      }
      channel.position(begin);
      return withoutLists(new BufferedInputStream(Channels.newInputStream(channel), BLOCK));
    } catch (NoSuchFileException | JsonProcessingException none) {
      return Optional.empty();
    }
  }

  /** Where the last line begins that ends as one. */
  private static long lastLine(FileChannel channel) throws IOException {
    long end = channel.size() - 1;
    ByteBuffer block = ByteBuffer.allocate(BLOCK);
    while (end > 0) {
      long begin = Math.max(0, end - BLOCK);
      block.clear().limit((int) (end - begin));
      while (block.hasRemaining() && channel.read(block, begin + block.position()) > 0) {
        // On to the block's end.
      }
      for (int i = block.position() - 1; i >= 0; i--) {
        if (block.get(i) == '\n') {
          return begin + i + 1;
        }
      }
      end = begin;
    }
    return 0;
  }

  private static Optional<ObjectNode> withoutLists(InputStream json) throws IOException {
    try (JsonParser parser = MAPPER.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      ObjectNode report = MAPPER.createObjectNode();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        if (parser.nextToken() == JsonToken.START_ARRAY && !SHORT_LISTS.contains(name)) {
          parser.skipChildren();
        } else {
          report.set(name, parser.<JsonNode>readValueAsTree());
        }
      }
      return parser.currentToken() == JsonToken.END_OBJECT ? Optional.of(report) : Optional.empty();
    }
  }
}
