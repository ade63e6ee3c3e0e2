package io.tapdeck.replay.transmit;

/** Why a frame cannot be sent at all. */
public enum SkipReason {
  /** Longer than the interface's MTU allows. */
  OVERSIZE("oversize"),
  /** It does not begin with what the interface's frames begin with. */
  LINK_TYPE("link type"),
  /** Less of it was captured than an Ethernet header. */
  SHORT("shorter than an Ethernet header");

  private final String text;

  SkipReason(String text) {
    this.text = text;
  }

  /** The reason as it is shown. */
  public String text() {
    return text;
  }
}
