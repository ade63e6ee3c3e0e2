package io.tapdeck.web.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** A line on a control socket: one JSON object, UTF-8, with its line feed. */
final class Line {
  /** No order has more bytes. */
  static final int LONGEST_ORDER = 64 << 10;

  /** No event has: room for an end with some hundred thousand segments. */
  static final int LONGEST_EVENT = 64 << 20;

  private static final int FIRST_BUFFER = 4 << 10;
  private static final ObjectMapper JSON = new ObjectMapper();

  private Line() {}

  /** An object as a line. */
  static byte[] of(ObjectNode object) {
    byte[] text = object.toString().getBytes(StandardCharsets.UTF_8);
    byte[] line = Arrays.copyOf(text, text.length + 1);
    line[text.length] = '\n';
    return line;
  }

  /** Writes all of it. */
  static void write(SocketChannel channel, byte[] line) throws IOException {
    ByteBuffer rest = ByteBuffer.wrap(line);
    while (rest.hasRemaining()) {
      channel.write(rest);
    }
  }

  /** Reads lines. One thread at a time. */
  static final class Reader {
    private final SocketChannel channel;
    private final int longest;

    /** Between its calls ready to be taken from; grows with the lines that come. */
    private ByteBuffer read = ByteBuffer.allocate(FIRST_BUFFER).flip();

    /**
     * @param longest bytes that a line may have, with its line feed
     */
    Reader(SocketChannel channel, int longest) {
      this.channel = channel;
      this.longest = longest;
    }

    /**
     * Waits for the next line.
     *
     * @return empty at the end, also if it comes within a line
     * @throws MalformedLineException if it is no JSON object; the next one may be
     * @throws IOException if it is too long, or cannot be read
     */
    Optional<ObjectNode> next() throws IOException {
      int searched = 0;
      while (true) {
        for (; searched < read.remaining(); searched++) {
          if (read.get(read.position() + searched) == '\n') {
            byte[] line = new byte[searched];
            read.get(line).get();
            return Optional.of(parse(line));
          }
        }
        if (read.remaining() == longest) {
          throw new IOException("a line is longer than " + longest + " bytes");
        }
        makeRoom();
        int count = channel.read(read);
        read.flip();
        if (count < 0) {
          return Optional.empty();
        }
      }
    }

    private void makeRoom() {
      if (read.remaining() < read.capacity()) {
        read.compact();
      } else {
        int larger = (int) Math.min(2L * read.capacity(), longest);
        read = ByteBuffer.allocate(larger).put(read);
      }
    }

    private static ObjectNode parse(byte[] line) throws MalformedLineException {
      try {
        // Empty text is read as null or as a missing node.
        JsonNode node = JSON.readTree(line);
        if (node instanceof ObjectNode object) {
          return object;
        }
      } catch (JsonProcessingException malformed) {
        throw new MalformedLineException(malformed);
      } catch (IOException impossible) {
        throw new MalformedLineException(impossible);
      }
      throw new MalformedLineException(null);
    }
  }
}
