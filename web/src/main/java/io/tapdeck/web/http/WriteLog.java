package io.tapdeck.web.http;

/** Remembers who changed what. */
@FunctionalInterface
public interface WriteLog {
  /**
   * A write was answered.
   *
   * @param path as it was called, without the query; bodies are never handed on
   * @param status what was answered
   */
  void wrote(String user, Method method, String path, int status);
}
