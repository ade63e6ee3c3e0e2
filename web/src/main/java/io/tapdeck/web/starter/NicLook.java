package io.tapdeck.web.starter;

import io.tapdeck.capture.netif.NetworkInterface;
import io.tapdeck.capture.os.NetworkNamespace;
import java.io.IOException;
import java.util.Optional;

/**
 * What is seen of an interface before something is played to it.
 *
 * @param exists under this very name
 * @param isTapNic it is a NIC of ours on which mirrored traffic arrives
 */
public record NicLook(boolean exists, boolean isTapNic) {
  /**
   * Looks at one.
   *
   * @param namespace empty for that of this process
   * @throws IOException if that cannot be looked into
   */
  public static NicLook at(String interfaceName, Optional<NetworkNamespace> namespace)
      throws IOException, InterruptedException {
    NetworkInterface nic = new NetworkInterface(interfaceName);
    if (namespace.isEmpty()) {
      return of(nic);
    }
    try {
      return namespace.get().call(() -> of(nic));
    } catch (IOException | InterruptedException | RuntimeException expected) {
      throw expected;
    } catch (Exception impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static NicLook of(NetworkInterface nic) {
    return new NicLook(nic.exists(), nic.isTapNic());
  }
}
