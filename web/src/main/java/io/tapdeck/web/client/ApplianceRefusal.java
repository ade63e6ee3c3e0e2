package io.tapdeck.web.client;

/** The appliance says no: nothing was begun. The message is its own, for people. */
public final class ApplianceRefusal extends Exception {
  private static final long serialVersionUID = 1L;

  private final int status;

  ApplianceRefusal(int status, String message) {
    super(message);
    this.status = status;
  }

  /** The HTTP status: 400 to 499, or 503 for what may be tried again later. */
  public int status() {
    return status;
  }
}
