package io.tapdeck.provisioner.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class OpenFlowConnectionTest {
  private static final int TRIES = 8;

  @Test
  @Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aDaemonThatTakesNoConnectionsKeepsNobodyWaiting(@TempDir Path directory) throws Exception {
    Path socket = directory.resolve("brtap.mgmt");
    List<OpenFlowConnection> opened = new ArrayList<>();
    int refused = 0;
    try (ServerSocketChannel stopped = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      stopped.bind(UnixDomainSocketAddress.of(socket), 1);
      for (int i = 0; i < TRIES; i++) {
        try {
          opened.add(OpenFlowConnection.open(socket, OpenFlowConnection.VERSION_1_0));
        } catch (IOException full) {
          refused++;
        }
      }
      BrtapWatch watch = new BrtapWatch(socket, () -> {});
      watch.ensure();
      watch.close();
    } finally {
      for (OpenFlowConnection one : opened) {
        one.close();
      }
    }
    assertThat(refused).isPositive();
    assertThat(opened).isNotEmpty();
  }
}
