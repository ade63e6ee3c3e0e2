package io.tapdeck.capture.segment;

/** Is told what becomes of segments that are hashed and compressed, by the thread that does it. */
public interface ArchiveListener {
  /** Is told nothing. */
  ArchiveListener NONE = new ArchiveListener() {};

  /**
   * A segment has its hash now, or is compressed.
   *
   * @param segment its sidecar as it is now
   */
  default void archived(Sidecar segment) {}

  /** Something could not be done; the segments stay as they are. A line for people, each once. */
  default void notArchived(String problem) {}
}
