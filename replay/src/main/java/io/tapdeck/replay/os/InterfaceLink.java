package io.tapdeck.replay.os;

import io.tapdeck.replay.transmit.FrameLink;

/**
 * An interface, opened to send frames to. It belongs to the network namespace of the thread that
 * opens it, and is used and closed by that thread.
 */
public sealed interface InterfaceLink extends FrameLink, AutoCloseable
    permits TransmitSocket, XdpSocket {
  /** The interface as it was when it was opened. */
  TargetInterface target();

  /**
   * While rehearsing, the kernel is called with nothing to send, and all is taken for accepted. No
   * branch depends on it, so that what the JVM compiled meanwhile stays good afterwards.
   */
  void setRehearsing(boolean rehearsing);

  @Override
  void close();
}
