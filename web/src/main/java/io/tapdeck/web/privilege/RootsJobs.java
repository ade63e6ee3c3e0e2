package io.tapdeck.web.privilege;

import io.tapdeck.web.starter.JobKind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Recorders and players that root started, as those of an appliance that ran with privileges. What
 * they write is root's, so an account without privileges could not look after it.
 */
final class RootsJobs {
  private static final int ROOT = 0;

  private RootsJobs() {}

  /** The directory of one that is under way; empty if there is none. */
  static Optional<Path> underWay(Path data) throws IOException {
    for (JobKind kind : JobKind.values()) {
      Path all = kind.all(data);
      if (!Files.isDirectory(all, LinkOption.NOFOLLOW_LINKS)) {
        continue;
      }
      try (DirectoryStream<Path> jobs = Files.newDirectoryStream(all)) {
        for (Path job : jobs) {
          if (isHeard(job.resolve(JobKind.SOCKET))) {
            return Optional.of(job);
          }
        }
      }
    }
    return Optional.empty();
  }

  /** Whether a process of root's listens there; also if nobody can tell. */
  private static boolean isHeard(Path socket) throws IOException {
    if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)
        || !Files.getAttribute(socket, "unix:uid", LinkOption.NOFOLLOW_LINKS).equals(ROOT)) {
      return false;
    }
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(socket);
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(address);
    } catch (ConnectException nobody) {
      return false;
    } catch (IOException unknown) {
      return true;
    }
  }
}
