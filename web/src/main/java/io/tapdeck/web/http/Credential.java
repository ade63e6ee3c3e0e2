package io.tapdeck.web.http;

/** What a request shows of who sends it. The secret is text from outside, and is not to be told. */
public sealed interface Credential {
  String secret();

  /** A session's token, out of its cookie. */
  record Session(String secret) implements Credential {
    @Override
    public String toString() {
      return "a session";
    }
  }

  /** An API token, out of the header {@code Authorization: Bearer}. */
  record ApiToken(String secret) implements Credential {
    @Override
    public String toString() {
      return "an API token";
    }
  }
}
