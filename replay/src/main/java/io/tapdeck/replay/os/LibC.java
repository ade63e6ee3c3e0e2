package io.tapdeck.replay.os;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.tapdeck.capture.os.OsException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;

/**
 * The functions of the C library that sending needs. All are bound by FFM as {@code sendmmsg} must
 * be, though the others are rare and could go by JNA: so a socket has one memory for errno and one
 * kind of address for all its calls.
 *
 * <p>All have one shape. Where Linux has 64 bits, integers and addresses go in registers, one each,
 * those with a variable argument list too, and a function does not look at those that it has no
 * parameter for. Each further shape would cost a replay 10 ms before its first frame.
 */
final class LibC {
  static final StructLayout ERRNO = Linker.Option.captureStateLayout();

  private static final long ERRNO_OFFSET =
      ERRNO.byteOffset(MemoryLayout.PathElement.groupElement("errno"));

  private static final FunctionDescriptor SHAPE =
      FunctionDescriptor.of(
          JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

  static final Function SOCKET = function("socket");
  static final Function BIND = function("bind");
  static final Function IOCTL = function("ioctl");
  static final Function SENDMMSG = function("sendmmsg");
  static final Function SENDTO = function("sendto");
  static final Function RECV = function("recv");
  static final Function SETSOCKOPT = function("setsockopt");
  static final Function GETSOCKOPT = function("getsockopt");
  static final Function MMAP = function("mmap");
  static final Function MUNMAP = function("munmap");
  static final Function POLL = function("poll");
  static final Function SETPRIORITY = function("setpriority");
  static final Function CLOSE = function("close");

  private LibC() {}

  /**
   * One of them. It is called with its arguments, of which there are six at most; addresses are
   * passed as numbers, so that no call makes an object for one.
   */
  record Function(MethodHandle handle) {
    /** What it returns, where that is a {@code long}; errno goes where {@code captured} is. */
    long call(MemorySegment captured, long a, long b, long c, long d, long e, long f) {
      try {
        return (long) handle.invokeExact(captured, a, b, c, d, e, f);
      } catch (Throwable thrown) {
        throw new AssertionError("the signature is fixed", thrown);
      }
    }

    /** What it returns, where that is an {@code int}: the rest of the register is undefined. */
    int callInt(MemorySegment captured, long a, long b, long c, long d, long e) {
      return (int) call(captured, a, b, c, d, e, 0);
    }

    /** The same, with three arguments or fewer. */
    int callInt(MemorySegment captured, long a, long b, long c) {
      return (int) call(captured, a, b, c, 0, 0, 0);
    }
  }

  /** The error number that a failed call left. */
  static int errno(MemorySegment captured) {
    return captured.get(JAVA_INT, ERRNO_OFFSET);
  }

  /** What a call came to, if it did not fail. */
  static int check(String attempt, int result, MemorySegment captured) throws OsException {
    if (result < 0) {
      throw new OsException(attempt, errno(captured));
    }
    return result;
  }

  /** A new socket of the calling thread's network namespace, see socket(2). */
  static int socket(String attempt, int family, int type, int protocol, MemorySegment captured)
      throws OsException {
    return check(attempt, SOCKET.callInt(captured, family, type, protocol), captured);
  }

  /** Closes a descriptor. */
  static void close(int descriptor, MemorySegment captured) {
    var _ = CLOSE.callInt(captured, descriptor, 0, 0);
  }

  private static Function function(String name) {
    Linker linker = Linker.nativeLinker();
    return new Function(
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow(name),
            SHAPE,
            Linker.Option.captureCallState("errno")));
  }
}
