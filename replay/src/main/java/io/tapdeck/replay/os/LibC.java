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
 * The functions of the C library that sending needs. Each takes, before C's arguments, the memory
 * that receives errno. Addresses are passed as {@code long}, so that no call makes an object for
 * one. All are bound by FFM as {@code sendmmsg} must be, though the others are rare and could go by
 * JNA: so a socket has one memory for errno and one kind of address for all its calls.
 */
final class LibC {
  static final StructLayout ERRNO = Linker.Option.captureStateLayout();

  static final MethodHandle SOCKET =
      function("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));

  static final MethodHandle BIND =
      function("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT));

  /** {@code ioctl} has a variable argument list after the request. */
  static final MethodHandle IOCTL =
      function(
          "ioctl",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG),
          Linker.Option.firstVariadicArg(2));

  static final MethodHandle SENDMMSG =
      function(
          "sendmmsg", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT));

  static final MethodHandle SENDTO =
      function(
          "sendto",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT));

  static final MethodHandle RECV =
      function("recv", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));

  static final MethodHandle SETSOCKOPT =
      function(
          "setsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT));

  static final MethodHandle GETSOCKOPT =
      function(
          "getsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));

  static final MethodHandle MMAP =
      function(
          "mmap",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));

  static final MethodHandle MUNMAP =
      function("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));

  static final MethodHandle POLL =
      function("poll", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));

  static final MethodHandle SETPRIORITY =
      function("setpriority", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));

  static final MethodHandle CLOSE = function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

  private static final long ERRNO_OFFSET =
      ERRNO.byteOffset(MemoryLayout.PathElement.groupElement("errno"));

  private LibC() {}

  /** The error number that a failed call left. */
  static int errno(MemorySegment captured) {
    return captured.get(JAVA_INT, ERRNO_OFFSET);
  }

  /** What a call of a handle above throws cannot happen: the signatures are fixed. */
  static AssertionError impossible(Throwable thrown) {
    return new AssertionError(thrown);
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
    try {
      return check(attempt, (int) SOCKET.invokeExact(captured, family, type, protocol), captured);
    } catch (OsException e) {
      throw e;
    } catch (Throwable thrown) {
      throw impossible(thrown);
    }
  }

  /** Closes a descriptor. */
  static void close(int descriptor, MemorySegment captured) {
    try {
      int ignored = (int) CLOSE.invokeExact(captured, descriptor);
    } catch (Throwable thrown) {
      throw impossible(thrown);
    }
  }

  private static MethodHandle function(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    Linker linker = Linker.nativeLinker();
    Linker.Option[] all = new Linker.Option[options.length + 1];
    all[0] = Linker.Option.captureCallState("errno");
    System.arraycopy(options, 0, all, 1, options.length);
    MemorySegment address = linker.defaultLookup().findOrThrow(name);
    return linker.downcallHandle(address, descriptor, all);
  }
}
