package io.tapdeck.web.job;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A value in a JSON file of its own, which only its owner reads. It is replaced at once or not at
 * all.
 *
 * @param file where it is
 * @param type a record whose constructor checks what it is given
 */
record DocumentFile<T>(Path file, Class<T> type) {
  private static final int DEEPEST = 16;

  /** Longer than any that is written. */
  private static final long LARGEST = 1 << 20;

  private static final ObjectMapper MAPPER = mapper();

  private static ObjectMapper mapper() {
    ObjectMapper mapper =
        JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            // A later version may add fields; what this one needs is still there.
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .build();
    mapper
        .getFactory()
        .setStreamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build());
    return mapper;
  }

  /**
   * Reads it.
   *
   * @throws IOException if it cannot be read, or makes no sense: the message says why
   */
  T read() throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException("there is no file " + file.getFileName());
    }
    if (Files.size(file) > LARGEST) {
      throw new IOException(file.getFileName() + " is longer than any that was written");
    }
    try {
      T value = MAPPER.readValue(Files.readAllBytes(file), type);
      if (value == null) {
        throw new IOException(file.getFileName() + " is null");
      }
      return value;
    } catch (JsonMappingException wrong) {
      throw new IOException(file.getFileName() + ": " + wrong.getOriginalMessage(), wrong);
    } catch (JsonProcessingException malformed) {
      throw new IOException(file.getFileName() + " is no JSON", malformed);
    } catch (CharConversionException malformed) {
      throw new IOException(file.getFileName() + " is no text", malformed);
    }
  }

  /**
   * Writes it.
   *
   * @param durable whether it is to outlive a power failure from now on
   */
  void write(T value, boolean durable) throws IOException {
    Path draft = file.resolveSibling(file.getFileName() + ".draft");
    Files.deleteIfExists(draft);
    try (FileChannel channel =
        FileChannel.open(
            draft,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      ByteBuffer json = ByteBuffer.wrap(MAPPER.writeValueAsBytes(value));
      while (json.hasRemaining()) {
        channel.write(json);
      }
      if (durable) {
        channel.force(true);
      }
    }
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    if (durable) {
      try (FileChannel directory =
          FileChannel.open(file.resolveSibling("."), StandardOpenOption.READ)) {
        directory.force(true);
      }
    }
  }
}
