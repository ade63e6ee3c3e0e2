package io.tapdeck.capture.recording;

/** Which of the frames on an interface are recorded. */
public enum Direction {
  /** {@link #IN} on a NIC of ours on which mirrored traffic arrives, {@link #BOTH} elsewhere. */
  AUTO,
  /** Those that the interface receives. */
  IN,
  /** Those that this machine sends out of the interface. */
  OUT,
  /** All. On a loopback interface, where each frame is sent and received, once each. */
  BOTH
}
