package io.tapdeck.provisioner.mirror;

/** Which of a guest NIC's traffic is copied, as the guest sees it. */
public enum Direction {
  /** What the guest receives. */
  IN,
  /** What the guest sends. */
  OUT,
  /** Both. */
  BOTH;

  /** Whether what the guest receives is copied. */
  public boolean receives() {
    return this != OUT;
  }

  /** Whether what the guest sends is copied. */
  public boolean sends() {
    return this != IN;
  }
}
