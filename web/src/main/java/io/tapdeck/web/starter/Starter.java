package io.tapdeck.web.starter;

import io.tapdeck.capture.doctor.Diagnosis;
import io.tapdeck.capture.netif.InterfaceInventory;
import io.tapdeck.capture.os.NetworkNamespace;
import java.io.IOException;
import java.util.Optional;

/** Does for the appliance what takes privileges. Every method may be called by any thread. */
public interface Starter {
  /**
   * Starts a recorder or player. It goes on when this process, and the one that started it, have
   * ended.
   *
   * @throws StartRefusedException if it must not be started, or cannot be
   * @throws IOException if starting it failed
   */
  StartedJob start(JobOrder order) throws IOException;

  /**
   * Looks at all interfaces of the machine.
   *
   * @throws IOException if nobody answers
   */
  InterfaceInventory interfaces() throws IOException, InterruptedException;

  /**
   * Looks at one interface.
   *
   * @param namespace empty for the appliance's own
   * @throws IOException if that cannot be looked into
   */
  NicLook look(String interfaceName, Optional<NetworkNamespace> namespace)
      throws IOException, InterruptedException;

  /**
   * Looks at the machine, an interface and the directory of recordings, as a recorder would meet
   * them.
   *
   * @param interfaceName empty to look briefly at all that are up
   * @param namespace empty for the appliance's own
   * @param isMeasured whether that directory is written for two seconds, to see how fast that is
   * @throws IOException if it cannot be looked at
   */
  Diagnosis examine(
      Optional<String> interfaceName, Optional<NetworkNamespace> namespace, boolean isMeasured)
      throws IOException, InterruptedException;
}
