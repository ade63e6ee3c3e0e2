package io.tapdeck.web.http;

/** What a route does. It may block. */
@FunctionalInterface
public interface Handler {
  /**
   * Answers a call that may be made.
   *
   * @throws Problem to refuse it
   * @throws Exception for any other failure: the caller is told 500 and no more
   */
  void handle(Call call) throws Exception;
}
