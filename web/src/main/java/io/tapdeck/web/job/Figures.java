package io.tapdeck.web.job;

/**
 * What was counted of a recording; names as everywhere: {@code received = written + buffered +
 * droppedKernel + unreadAtStop}.
 */
public record Figures(
    long received,
    long written,
    long buffered,
    long writtenBytes,
    long droppedKernel,
    long droppedInterface,
    long unreadAtStop) {
  public static final Figures NONE = new Figures(0, 0, 0, 0, 0, 0, 0);

  public Figures {
    if (received < 0
        || written < 0
        || buffered < 0
        || writtenBytes < 0
        || droppedKernel < 0
        || droppedInterface < 0
        || unreadAtStop < 0) {
      throw new IllegalArgumentException("a figure is not negative");
    }
  }

  /** Both together. */
  public Figures plus(Figures other) {
    return new Figures(
        received + other.received,
        written + other.written,
        buffered + other.buffered,
        writtenBytes + other.writtenBytes,
        droppedKernel + other.droppedKernel,
        droppedInterface + other.droppedInterface,
        unreadAtStop + other.unreadAtStop);
  }
}
