package io.tapdeck.provisioner.ovsdb;

import java.io.IOException;

/** The server did not commit a transaction; nothing of it was done. */
public final class TransactionException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int operation;
  private final String error;

  TransactionException(int operation, String error, String details) {
    super(details.isEmpty() ? error : error + ": " + details);
    this.operation = operation;
    this.error = error;
  }

  /** Which operation failed, from 0; the number of operations if it was the commit that did. */
  public int operation() {
    return operation;
  }

  /** The {@code error} of RFC 7047, for example {@code timed out} for an expectation not met. */
  public String error() {
    return error;
  }
}
