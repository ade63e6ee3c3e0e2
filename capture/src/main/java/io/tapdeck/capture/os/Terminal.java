package io.tapdeck.capture.os;

import com.sun.jna.LastErrorException;

/** Whether a person sees what is printed (isatty(3)). */
public final class Terminal {
  private static final int STANDARD_ERROR = 2;

  private Terminal() {}

  /** True if standard error is a terminal; Java's own console only knows the other two. */
  public static boolean isStandardError() {
    try {
      return LibC.isatty(STANDARD_ERROR) == 1;
    } catch (LastErrorException no) {
      return false;
    }
  }
}
