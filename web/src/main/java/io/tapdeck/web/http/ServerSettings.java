package io.tapdeck.web.http;

import java.time.Duration;
import java.util.List;

/**
 * How the server is reached, and what it bounds.
 *
 * @param listen address and port, such as {@code 127.0.0.1:8080}
 * @param encrypted whether it speaks HTTPS
 * @param hostNames what it is called in URLs, besides its addresses
 */
public record ServerSettings(
    String listen, boolean encrypted, List<String> hostNames, Limits limits) {
  public ServerSettings {
    hostNames = List.copyOf(hostNames);
  }

  /**
   * What nobody gets more of.
   *
   * @param bodyBytes of a request
   * @param connections open at a time
   * @param eventStreams open pages, which each hear what changes
   * @param patience how long the whole head of a request may take to come, and then its body
   */
  public record Limits(int bodyBytes, int connections, int eventStreams, Duration patience) {}
}
