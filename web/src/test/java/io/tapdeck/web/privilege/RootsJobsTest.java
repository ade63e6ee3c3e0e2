package io.tapdeck.web.privilege;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.web.starter.JobKind;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Recorders and players of root's, in a data directory that is to be handed over. */
@Tag("lab")
class RootsJobsTest {
  private static final String ID = "00000000-0000-0000-0000-000000000001";
  private static final int NOBODY = 65_534;

  @TempDir private Path data;

  @SuppressWarnings("NullAway.Init") // JUnit sets the directory
  RootsJobsTest() {}

  private Path job(JobKind kind) throws IOException {
    return Files.createDirectories(kind.all(data).resolve(ID));
  }

  private static ServerSocketChannel listen(Path job) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(job.resolve(JobKind.SOCKET)));
    return server;
  }

  @ParameterizedTest
  @EnumSource
  void oneThatRootStartedIsFoundUntilItHasEnded(JobKind kind) throws IOException {
    Path job = job(kind);
    try (ServerSocketChannel _ = listen(job)) {
      assertThat(RootsJobs.underWay(data)).contains(job);
    }
    // Its socket is left.
    assertThat(job.resolve(JobKind.SOCKET)).exists();
    assertThat(RootsJobs.underWay(data)).isEmpty();
  }

  @Test
  void thoseOfAnotherAccountAreNoObstacle() throws IOException {
    Path job = job(JobKind.RECORD);
    try (ServerSocketChannel _ = listen(job)) {
      Files.setAttribute(job.resolve(JobKind.SOCKET), "unix:uid", NOBODY);
      assertThat(RootsJobs.underWay(data)).isEmpty();
    }
  }

  @Test
  void whereNothingIsThereIsNone() throws IOException {
    assertThat(RootsJobs.underWay(data.resolve("nowhere"))).isEmpty();
  }
}
