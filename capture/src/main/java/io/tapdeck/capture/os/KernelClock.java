package io.tapdeck.capture.os;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import java.time.Duration;

/**
 * What the kernel knows of how true its clock is (adjtimex(2)), which a time service such as chrony
 * or systemd-timesyncd tells it.
 *
 * @param synchronised a time service disciplines the clock; not so for a clock that another machine
 *     sets, such as a hypervisor
 * @param largestError the kernel's bound for the error: it grows by 0.5 ms a second since the
 *     service spoke last, and ends at 16 s
 */
public record KernelClock(boolean synchronised, Duration largestError) {
  /** {@code struct timex} has 208 bytes where a long has 64 bits. */
  private static final int TIMEX_BYTES = 208;

  private static final int MAXERROR = 24;
  private static final int STATUS = 40;
  private static final int STA_UNSYNC = 0x40;
  private static final int TIME_ERROR = 5;
  private static final long NANOS_PER_MICRO = 1000;

  /** Asks; changes nothing, and needs no privilege. */
  public static KernelClock read() throws OsException {
    try (Memory timex = new Memory(TIMEX_BYTES)) {
      timex.clear();
      int state = LibC.adjtimex(timex);
      boolean unsynchronised = state == TIME_ERROR || (timex.getInt(STATUS) & STA_UNSYNC) != 0;
      return new KernelClock(
          !unsynchronised,
          Duration.ofNanos(Math.max(0, timex.getLong(MAXERROR)) * NANOS_PER_MICRO));
    } catch (LastErrorException failed) {
      throw new OsException("read the state of the clock", failed.getErrorCode());
    }
  }
}
