package io.tapdeck.web.http;

/** What a route does with its resource. HEAD comes with every GET. */
public enum Method {
  GET,
  PUT,
  POST,
  PATCH,
  DELETE;

  /** Whether it changes something. */
  public boolean writes() {
    return this != GET;
  }
}
