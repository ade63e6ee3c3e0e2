package io.tapdeck.provisioner.mirror;

import java.util.Locale;

/** Which VLAN tags are taken off copies. */
public enum Strip {
  /** The tag that Open vSwitch put on for an access port, of copies of that port. */
  AUTO,
  /** The outermost tag of every copy. */
  ON,
  /** None. */
  OFF;

  /** As it is written: in lower case. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
