package io.tapdeck.capture.netif;

import io.tapdeck.capture.os.Errno;
import io.tapdeck.capture.os.InterfaceFeatures;
import io.tapdeck.capture.os.OsException;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Those of an interface's {@linkplain Offloads offloads} that would distort a recording, turned
 * off; closing puts exactly these back on, and touches no other.
 *
 * <p>It is of the interface that was there: one that is removed and made again has its own
 * settings, and needs a new one of these. Nothing remembers what was turned off when the process is
 * killed. Of two at the same interface, the first that turned an offload off puts it back, although
 * the other may still want it off.
 */
public final class SuspendedOffloads implements AutoCloseable {
  private final String interfaceName;
  private final InterfaceFeatures features;
  private final SortedSet<String> suspended;
  private final SortedSet<String> stillOn;
  private final SortedSet<String> putBack;
  private boolean open = true;

  private SuspendedOffloads(
      String interfaceName,
      InterfaceFeatures features,
      SortedSet<String> suspended,
      SortedSet<String> stillOn,
      SortedSet<String> putBack) {
    this.interfaceName = interfaceName;
    this.features = features;
    this.suspended = suspended;
    this.stillOn = stillOn;
    this.putBack = putBack;
  }

  /**
   * Turns them off, at an interface in the calling thread's network namespace. Needs CAP_NET_ADMIN
   * if any is on.
   *
   * @param received those that merge received frames
   * @param sent those because of which sent frames are seen before they are cut
   * @throws OsException {@link Errno#ENODEV} if there is no such interface, {@link Errno#EPERM}
   *     without the privilege; nothing was turned off then
   */
  public static SuspendedOffloads of(String interfaceName, boolean received, boolean sent)
      throws OsException {
    InterfaceFeatures features = InterfaceFeatures.open(interfaceName);
    try {
      Offloads before = new Offloads(features.read());
      SortedSet<String> distorting = before.distorting(received, sent);
      if (!distorting.isEmpty()) {
        features.request(distorting, false);
      }
      Offloads after = new Offloads(features.read());
      SortedSet<String> stillOn = after.distorting(received, sent);
      SortedSet<String> suspended = new TreeSet<>(distorting);
      suspended.removeAll(stillOn);
      // A driver may keep one on that is no longer asked for: it is to be asked for again.
      SortedSet<String> putBack = new TreeSet<>(distorting);
      putBack.removeIf(name -> !before.isRequested(name) || after.isRequested(name));
      return new SuspendedOffloads(interfaceName, features, suspended, stillOn, putBack);
    } catch (OsException failed) {
      features.close();
      throw failed;
    }
  }

  /** What was on and is off now, by the kernel's names. */
  public SortedSet<String> suspended() {
    return Collections.unmodifiableSortedSet(suspended);
  }

  /** What would distort and could not be turned off: {@code [fixed]} in ethtool's words. */
  public SortedSet<String> stillOn() {
    return Collections.unmodifiableSortedSet(stillOn);
  }

  /**
   * Puts back on what was turned off, from any thread. Of an interface that is gone there is
   * nothing to put back.
   *
   * @throws OsException if that is refused; the message says what is still off
   */
  @Override
  public void close() throws OsException {
    if (!open) {
      return;
    }
    open = false;
    try (features) {
      if (!putBack.isEmpty()) {
        features.request(putBack, true);
      }
    } catch (OsException failed) {
      if (failed.errno() != Errno.ENODEV) {
        throw new OsException(
            "put back %s of %s".formatted(String.join(", ", putBack), interfaceName),
            failed.errno());
      }
    }
  }
}
