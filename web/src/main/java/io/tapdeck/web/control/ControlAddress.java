package io.tapdeck.web.control;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Where a control socket is. */
final class ControlAddress {
  /** See unix(7): 108 bytes, of which the last is 0. */
  private static final int LONGEST_PATH = 107;

  private ControlAddress() {}

  static UnixDomainSocketAddress of(Path socket) throws IOException {
    if (socket.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_PATH) {
      throw new IOException(
          "the path %s is longer than the %d bytes that a socket's may have: choose a shorter one"
              .formatted(socket, LONGEST_PATH));
    }
    return UnixDomainSocketAddress.of(socket);
  }
}
