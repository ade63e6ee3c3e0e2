package io.tapdeck.capture.query;

import java.util.List;

/** That a text is no expression: where it stops being one, and what could be there. */
public final class ExpressionException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int position;
  private final List<String> expected;

  ExpressionException(int position, String message, List<String> expected) {
    super(message);
    this.position = position;
    this.expected = List.copyOf(expected);
  }

  /** Index of the character that cannot be there, the text's length if something is missing. */
  public int position() {
    return position;
  }

  /** What could be there instead: words to write, or what is in angle brackets. */
  public List<String> expected() {
    return expected;
  }
}
