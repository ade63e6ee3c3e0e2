package io.tapdeck.capture.os;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * The functions of the C library that are called, by JNA's direct mapping. Each fails with {@link
 * LastErrorException}, which carries errno. {@code long} stands for C's {@code long}: 64-bit Linux.
 */
final class LibC {
  static {
    Native.register(LibC.class, "c");
  }

  private LibC() {}

  static native int open(String path, int flags) throws LastErrorException;

  static native int dup2(int descriptor, int as) throws LastErrorException;

  static native int close(int descriptor) throws LastErrorException;

  static native int setns(int descriptor, int kind) throws LastErrorException;

  static native int unshare(int kinds) throws LastErrorException;

  static native int mount(String source, String target, String type, long flags, Pointer options)
      throws LastErrorException;

  static native int umount2(String target, int flags) throws LastErrorException;

  static native int socket(int family, int type, int protocol) throws LastErrorException;

  static native int ioctl(int descriptor, long request, Pointer argument) throws LastErrorException;

  static native int setsockopt(int socket, int level, int option, Pointer value, int length)
      throws LastErrorException;

  static native int poll(Pointer descriptors, long count, int timeoutMillis)
      throws LastErrorException;

  static native int memfd_create(String name, int flags) throws LastErrorException;

  static native int eventfd(int count, int flags) throws LastErrorException;

  static native long read(int descriptor, Pointer into, long bytes) throws LastErrorException;

  static native long write(int descriptor, Pointer from, long bytes) throws LastErrorException;

  static native long pwrite(int descriptor, Pointer from, long bytes, long at)
      throws LastErrorException;

  static native Pointer mmap(
      @Nullable Pointer at, long bytes, int protection, int flags, int descriptor, long offset)
      throws LastErrorException;

  static native int munmap(Pointer at, long bytes) throws LastErrorException;

  static native int madvise(Pointer at, long bytes, int advice) throws LastErrorException;

  static native int flock(int descriptor, int operation) throws LastErrorException;

  static native int adjtimex(Pointer timex) throws LastErrorException;

  static native int setpriority(int kind, int who, int nice) throws LastErrorException;

  /** Returns the error number, and leaves errno alone. */
  static native int posix_fadvise(int descriptor, long offset, long bytes, int advice);

  static native long syscall(long number, long first, long second, long third)
      throws LastErrorException;

  static native int isatty(int descriptor) throws LastErrorException;

  static native String strerror(int errno);
}
