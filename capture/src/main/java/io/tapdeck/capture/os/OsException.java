package io.tapdeck.capture.os;

import java.io.IOException;

/** A system call failed. The message is "what was attempted: the C library's words". */
public final class OsException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int errno;

  public OsException(String attempted, int errno) {
    super(attempted + ": " + Errno.text(errno));
    this.errno = errno;
  }

  /** The error number, see {@link Errno}. */
  public int errno() {
    return errno;
  }

  /** True if the process lacks a privilege for what was attempted. */
  public boolean lacksPrivilege() {
    return errno == Errno.EPERM || errno == Errno.EACCES;
  }
}
