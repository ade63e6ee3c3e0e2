package io.tapdeck.replay.os;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;

/**
 * The functions of the C library that a packet socket needs. Each takes, before C's arguments, the
 * memory that receives errno. Addresses are passed as {@code long}, so that no call makes an object
 * for one. All are bound by FFM as {@code sendmmsg} must be, though the others are rare and could
 * go by JNA: so a socket has one memory for errno and one kind of address for all its calls.
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
