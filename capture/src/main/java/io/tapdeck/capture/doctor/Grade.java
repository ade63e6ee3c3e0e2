package io.tapdeck.capture.doctor;

/** How good it is what was found. */
public enum Grade {
  /** Nothing needs doing. */
  GOOD,
  /** It can be recorded, but frames can be lost, distorted or dated wrongly. */
  WARN,
  /** It cannot be recorded. */
  BAD
}
