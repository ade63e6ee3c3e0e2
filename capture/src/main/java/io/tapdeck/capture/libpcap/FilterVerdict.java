package io.tapdeck.capture.libpcap;

/** What {@link FilterCheck} finds. */
public sealed interface FilterVerdict {
  /** It compiles, to no more instructions than the kernel takes. */
  record Good() implements FilterVerdict {}

  /**
   * It is no filter.
   *
   * @param words libpcap's own where libpcap refused it
   */
  record Wrong(String words) implements FilterVerdict {}

  /**
   * Nobody knows yet: whether it is good was not found out in time.
   *
   * @param why with what to do
   */
  record Undecided(String why) implements FilterVerdict {}
}
