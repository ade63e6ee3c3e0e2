package io.tapdeck.capture.libpcap;

import io.tapdeck.capture.os.PacketSocket;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Tells whether a filter expression (pcap-filter(7)) is one, without an interface: it is compiled
 * for Ethernet frames and thrown away. No privilege is needed. An interface with frames of another
 * kind may still refuse it, and so may the kernel, which takes no loops ({@code protochain}).
 *
 * <p>To compile can take long. {@code host NAME} and {@code net NAME} with anything but an address
 * have libpcap ask the system's resolver (getaddrinfo(3), getnetbyname(3)), and that a name server:
 * several seconds for each name if it does not answer. {@code port NAME} and {@code ether host
 * NAME} only read {@code /etc/services} and {@code /etc/ethers}. And some hundred terms take
 * libpcap's optimizer seconds. libpcap can neither be told to leave names alone nor be interrupted,
 * so who answers others uses {@link #checkBriefly}.
 */
public final class FilterCheck {
  /** How long an expression may be, in bytes of UTF-8. */
  public static final int LONGEST = 4096;

  /** How long {@link #checkBriefly} takes at most. */
  public static final Duration BRIEFLY = Duration.ofSeconds(2);

  /** How many checks may be at work for {@link #checkBriefly}, the abandoned ones included. */
  private static final int AT_ONCE = 4;

  private static final Semaphore FREE = new Semaphore(AT_ONCE);

  /** DLT_EN10MB. */
  private static final int ETHERNET = 1;

  private static final int SNAPLEN = 262_144;

  private FilterCheck() {}

  /**
   * Checks an expression, however long that takes; empty means every frame, and is good.
   *
   * @return good or wrong
   * @throws PcapException if libpcap is missing
   */
  public static FilterVerdict check(String expression) throws PcapException {
    PcapLibrary.require();
    if (expression.getBytes(StandardCharsets.UTF_8).length > LONGEST) {
      return new FilterVerdict.Wrong("longer than " + LONGEST + " bytes: make it shorter");
    }
    if (expression.indexOf('\0') >= 0) {
      // To C, what follows it would not be there.
      return new FilterVerdict.Wrong("a NUL character is in it: leave it out");
    }
    MemorySegment handle = LibPcap.openDead(ETHERNET, SNAPLEN);
    if (handle.equals(MemorySegment.NULL)) {
      throw new PcapException(0, "libpcap has no memory to compile a filter");
    }
    try {
      int length = Filter.compile(handle, expression).length();
      return length <= PacketSocket.MAX_INSTRUCTIONS
          ? new FilterVerdict.Good()
          : new FilterVerdict.Wrong(
              "it takes %d instructions, the kernel at most %d: make it shorter"
                  .formatted(length, PacketSocket.MAX_INSTRUCTIONS));
    } catch (PcapException wrong) {
      return new FilterVerdict.Wrong(String.valueOf(wrong.getMessage()));
    } finally {
      LibPcap.close(handle);
    }
  }

  /**
   * As {@link #check}, within {@link #BRIEFLY}. A check that takes longer is left alone on a thread
   * of its own until libpcap returns; {@value #AT_ONCE} may be at work at a time, and no further
   * one begins until one of them is done.
   *
   * @throws PcapException if libpcap is missing
   * @throws InterruptedException if the caller is interrupted while it waits
   */
  public static FilterVerdict checkBriefly(String expression)
      throws PcapException, InterruptedException {
    long end = System.nanoTime() + BRIEFLY.toNanos();
    if (!FREE.tryAcquire(BRIEFLY.toNanos(), TimeUnit.NANOSECONDS)) {
      return new FilterVerdict.Undecided("other filters are still being checked: try again later");
    }
    FutureTask<FilterVerdict> check =
        new FutureTask<>(() -> {
          try {
            return check(expression);
          } finally {
            FREE.release();
          }
        });
    boolean started = false;
    try {
      Thread.ofPlatform().name("filter-check").daemon().start(check);
      started = true;
    } finally {
      if (!started) {
        FREE.release();
      }
    }
    try {
      return check.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException slow) {
      return new FilterVerdict.Undecided(
          "not checked within %d s: give addresses instead of host names, or make it shorter"
              .formatted(BRIEFLY.toSeconds()));
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof PcapException missing) {
        throw missing;
      }
      throw new IllegalStateException(failed.getCause());
    }
  }
}
