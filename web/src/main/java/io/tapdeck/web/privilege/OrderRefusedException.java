package io.tapdeck.web.privilege;

/** An order is one, but is not done: nothing has begun. */
final class OrderRefusedException extends Exception {
  private static final long serialVersionUID = 1;

  /**
   * @param sentence what is wrong and what to do, for people
   */
  OrderRefusedException(String sentence) {
    super(sentence);
  }
}
