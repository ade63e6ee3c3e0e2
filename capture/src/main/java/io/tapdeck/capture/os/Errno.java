package io.tapdeck.capture.os;

/** The error numbers of Linux (errno(3)) that this product reacts to, and their texts. */
public final class Errno {
  public static final int EPERM = 1;
  public static final int ENOENT = 2;
  public static final int EINTR = 4;
  public static final int EAGAIN = 11;
  public static final int ENOMEM = 12;
  public static final int EACCES = 13;
  public static final int ENODEV = 19;
  public static final int EINVAL = 22;
  public static final int ENOSPC = 28;
  public static final int EROFS = 30;
  public static final int EMSGSIZE = 90;
  public static final int ENETDOWN = 100;
  public static final int ENOBUFS = 105;
  public static final int EDQUOT = 122;

  private Errno() {}

  /** The C library's words for an error number, such as "No such device" for 19. */
  public static String text(int errno) {
    return LibC.strerror(errno);
  }
}
