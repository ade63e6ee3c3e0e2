package io.tapdeck.replay.os;

import java.lang.foreign.Arena;

/** The nice value of the calling thread, setpriority(2). */
public final class ThreadPriority {
  private static final int PRIO_PROCESS = 0;
  private static final int CALLING_THREAD = 0;
  private static final int MOST_FAVOURABLE = -20;

  private ThreadPriority() {}

  /**
   * Has the calling thread preferred over all others of ordinary priority, for good. Without it a
   * busy machine makes frames late by whole time slices. Needs CAP_SYS_NICE.
   *
   * @return false if the system does not allow it; nothing has changed then
   */
  public static boolean raise() {
    try (Arena arena = Arena.ofConfined()) {
      return LibC.SETPRIORITY.callInt(
              arena.allocate(LibC.ERRNO), PRIO_PROCESS, CALLING_THREAD, MOST_FAVOURABLE)
          == 0;
    }
  }
}
