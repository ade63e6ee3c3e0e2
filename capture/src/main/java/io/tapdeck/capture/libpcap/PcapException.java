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

  /** True if libpcap knows no interface of that name. */
  public boolean noSuchInterface() {
    return status == LibPcap.ERROR_NO_SUCH_DEVICE;
  }

  /** True if the process may not open the interface. */
  public boolean lacksPrivilege() {
    return status == LibPcap.ERROR_PERM_DENIED || status == LibPcap.ERROR_PROMISC_PERM_DENIED;
  }
}
