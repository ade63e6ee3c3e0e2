package io.tapdeck.web.control;

import io.tapdeck.capture.os.HeldDirectory;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a control socket is, as the kernel takes it: longer paths than it takes go by the directory
 * that the socket is in, which is held meanwhile.
 */
record ControlAddress(UnixDomainSocketAddress address, Optional<HeldDirectory> held)
    implements AutoCloseable {
  /** See unix(7): 108 bytes, of which the last is 0. */
  private static final int LONGEST_PATH = 107;

  /**
   * To be closed once it was bound, or connected to.
   *
   * @throws IOException if its directory is not there
   */
  static ControlAddress of(Path socket) throws IOException {
    Path directory = socket.toAbsolutePath().getParent();
    if (directory == null
        || socket.toString().getBytes(StandardCharsets.UTF_8).length <= LONGEST_PATH) {
      return new ControlAddress(UnixDomainSocketAddress.of(socket), Optional.empty());
    }
    HeldDirectory held = HeldDirectory.open(directory);
    return new ControlAddress(
        UnixDomainSocketAddress.of(held.path().resolve(socket.getFileName())), Optional.of(held));
  }

  @Override
  public void close() {
    held.ifPresent(HeldDirectory::close);
  }
}
