package io.tapdeck.capture.os;

import com.sun.jna.LastErrorException;

/**
 * The priority of the calling thread, for processors (setpriority(2)) and disks (ioprio_set(2)).
 */
public final class ThreadPriority {
  private static final int PRIO_PROCESS = 0;
  private static final int IOPRIO_WHO_PROCESS = 1;
  private static final int CALLING_THREAD = 0;

  /**
   * By no means the least favourable (19): the JVM stops all threads at times, and to be stopped,
   * or to leave a lock, a thread has to run. On a busy machine one of the lowest priority would
   * hold up the others for longer than the kernel's ring lasts.
   */
  private static final int LESS_FAVOURABLE = 5;

  private static final int FAVOURABLE = -10;
  private static final int IOPRIO_CLASS_IDLE = 3 << 13;

  private ThreadPriority() {}

  /**
   * Has other threads preferred to the calling one, for good. Of disks, only some of the kernel's
   * schedulers know of priorities.
   *
   * @return false if the system allows only a part of it
   */
  public static boolean giveWay() {
    try {
      LibC.setpriority(PRIO_PROCESS, CALLING_THREAD, LESS_FAVOURABLE);
      LibC.syscall(ioprioSet(), IOPRIO_WHO_PROCESS, CALLING_THREAD, IOPRIO_CLASS_IDLE);
      return true;
    } catch (LastErrorException notAllowed) {
      return false;
    }
  }

  /**
   * Has the calling thread preferred to most others by processors, for good.
   *
   * @return false if the system does not allow it (CAP_SYS_NICE)
   */
  public static boolean takePrecedence() {
    try {
      LibC.setpriority(PRIO_PROCESS, CALLING_THREAD, FAVOURABLE);
      return true;
    } catch (LastErrorException notAllowed) {
      return false;
    }
  }

  /** The C library has no function for it, and its number depends on the processor. */
  private static long ioprioSet() {
    return System.getProperty("os.arch", "").equals("aarch64") ? 30 : 251;
  }
}
