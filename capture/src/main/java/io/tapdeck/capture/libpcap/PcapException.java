package io.tapdeck.capture.libpcap;

import java.io.IOException;

/** libpcap refused or failed; the message is libpcap's own. */
public final class PcapException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int status;

  PcapException(int status, String message) {
    super(message);
    this.status = status;
  }

  /** True if the process may not open the interface. */
  public boolean lacksPrivilege() {
    return status == LibPcap.ERROR_PERM_DENIED || status == LibPcap.ERROR_PROMISC_PERM_DENIED;
  }
}
