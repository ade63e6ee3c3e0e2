package io.tapdeck.capture.pcap;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;

/** Writes the options of one block, one after the other; those that are empty not at all. */
final class PcapngOptions {
  private static final byte BPF_EXPRESSION = 0;
  private static final byte[] NO_BYTES = {};

  private final ByteBuffer buffer;
  private final int start;
  private int index;

  /**
   * @param index in {@code buffer} where the options begin
   */
  PcapngOptions(ByteBuffer buffer, int index) {
    this.buffer = buffer;
    this.start = index;
    this.index = index;
  }

  void putComments(List<String> comments) {
    comments.stream()
        .limit(PcapngFormat.MOST_COMMENTS)
        .forEach(comment -> putText(PcapngFormat.OPTION_COMMENT, comment));
  }

  void putText(int code, String text) {
    putText(code, NO_BYTES, text);
  }

  void putFilter(int code, String expression) {
    putText(code, new byte[] {BPF_EXPRESSION}, expression);
  }

  void putNumber(int code, OptionalLong number) {
    if (number.isPresent()) {
      buffer.putLong(begin(code, Long.BYTES), number.getAsLong());
    }
  }

  void putTime(int code, OptionalLong nanos) {
    if (nanos.isPresent()) {
      PcapngFormat.putTime(buffer, begin(code, Long.BYTES), nanos.getAsLong());
    }
  }

  void putByte(int code, byte value) {
    buffer.put(begin(code, Byte.BYTES), value);
  }

  /** Ends the options, and says where in the buffer. */
  int end() {
    if (index > start) {
      begin(PcapngFormat.OPTION_END, 0);
    }
    return index;
  }

  private void putText(int code, byte[] before, String text) {
    if (text.isEmpty()) {
      return;
    }
    ByteBuffer encoded = encode(text);
    int value = begin(code, before.length + encoded.remaining());
    buffer.put(value, before);
    buffer.put(value + before.length, encoded, 0, encoded.remaining());
  }

  private static ByteBuffer encode(String text) {
    ByteBuffer encoded = ByteBuffer.allocate(PcapngFormat.LARGEST_TEXT_LENGTH);
    // Where the bytes do not suffice, the encoder stops before the character that does not fit.
    StandardCharsets.UTF_8
        .newEncoder()
        .onMalformedInput(CodingErrorAction.REPLACE)
        .encode(CharBuffer.wrap(text), encoded, true);
    return encoded.flip();
  }

  /** Writes all of an option but its value, and says where that belongs. */
  private int begin(int code, int length) {
    int value = index + PcapngFormat.OPTION_HEADER_LENGTH;
    int next = value + PcapngFormat.padded(length);
    buffer.putShort(index, (short) code);
    buffer.putShort(index + Short.BYTES, (short) length);
    for (int pad = value + length; pad < next; pad++) {
      buffer.put(pad, (byte) 0);
    }
    index = next;
    return value;
  }
}
