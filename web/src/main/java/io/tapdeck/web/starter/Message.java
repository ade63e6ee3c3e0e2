package io.tapdeck.web.starter;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * An order to the privileged starter, or its answer: words, the first of which says what it is.
 *
 * <pre>
 * offset  bytes
 * 0       4      n, big-endian, 1 to {@value #LONGEST}
 * 4       n      the words in UTF-8, each followed by a NUL
 * </pre>
 *
 * @param words at least one; none holds a NUL
 */
public record Message(List<String> words) {
  /** Bytes of all words. */
  static final int LONGEST = 2 << 20;

  private static final int MOST_WORDS = 1 << 17;
  private static final char END = '\0';

  public Message {
    words = List.copyOf(words);
    if (words.isEmpty() || words.size() > MOST_WORDS) {
      throw new IllegalArgumentException("a message has 1 to " + MOST_WORDS + " words");
    }
    if (words.stream().anyMatch(word -> word.indexOf(END) >= 0)) {
      throw new IllegalArgumentException("a word has no NUL");
    }
  }

  /** One with these words. */
  public static Message of(String... words) {
    return new Message(List.of(words));
  }

  /** What it is. */
  public String name() {
    return words.getFirst();
  }

  /** Word n, of which 0 is the name; empty if it has not so many. */
  public String word(int n) {
    return n < words.size() ? words.get(n) : "";
  }

  /**
   * Writes it.
   *
   * @throws IOException if it is too long, or nobody is there any more
   */
  public void write(OutputStream to) throws IOException {
    byte[] text = (String.join("\0", words) + END).getBytes(StandardCharsets.UTF_8);
    if (text.length > LONGEST) {
      throw new IOException("a message has at most " + LONGEST + " bytes");
    }
    DataOutputStream out = new DataOutputStream(to);
    byte[] whole =
        ByteBuffer.allocate(Integer.BYTES + text.length).putInt(text.length).put(text).array();
    out.write(whole);
    out.flush();
  }

  /**
   * Reads one. No more than its length allows is taken into memory.
   *
   * @throws EOFException if there is no more
   * @throws MalformedMessageException if it is none
   */
  public static Message read(InputStream from) throws IOException {
    DataInputStream in = new DataInputStream(from);
    int length = in.readInt();
    if (length < 1 || length > LONGEST) {
      throw new MalformedMessageException("a message has 1 to " + LONGEST + " bytes");
    }
    byte[] text = in.readNBytes(length);
    if (text.length < length) {
      throw new EOFException("it ended within a message");
    }
    if (text[length - 1] != END) {
      throw new MalformedMessageException("a message ends with a NUL");
    }
    return new Message(split(decode(text)));
  }

  private static String decode(byte[] text) throws MalformedMessageException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).toString();
    } catch (CharacterCodingException malformed) {
      throw new MalformedMessageException("a message is in UTF-8");
    }
  }

  private static List<String> split(String text) throws MalformedMessageException {
    List<String> words = new ArrayList<>();
    for (int begin = 0; begin < text.length(); ) {
      if (words.size() == MOST_WORDS) {
        throw new MalformedMessageException("a message has at most " + MOST_WORDS + " words");
      }
      int end = text.indexOf(END, begin);
      words.add(text.substring(begin, end));
      begin = end + 1;
    }
    return words;
  }
}
