package io.tapdeck.capture.os;

import com.sun.jna.LastErrorException;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.regex.Pattern;

/**
 * A named network namespace of this machine, as {@code ip netns add NAME} makes it (ip-netns(8),
 * network_namespaces(7)).
 *
 * <p>A namespace belongs to a thread. The thread that {@linkplain #enter() enters} one stays in it
 * until it ends, and so do the threads and processes that it starts: enter on a platform thread of
 * your own, and start nothing from it that should be elsewhere.
 *
 * @param name as {@code ip netns list} shows it: one path component
 */
public record NetworkNamespace(String name) {
  private static final String DIRECTORY = "/run/netns/";
  private static final Path OWN = Path.of("/proc/thread-self/ns/net");
  private static final Pattern NAME = Pattern.compile("(?!\\.{1,2}$)[^/\\p{Cntrl}]{1,255}");

  private static final int O_RDONLY = 0;
  private static final int O_CLOEXEC = 0x80000;
  private static final int CLONE_NEWNS = 0x20000;
  private static final int CLONE_NEWNET = 0x40000000;
  private static final long MS_REC = 0x4000;
  private static final long MS_SLAVE = 0x80000;
  private static final int MNT_DETACH = 2;

  /**
   * Checks the name's form only; whether the namespace exists is known when it is entered.
   *
   * @throws IllegalArgumentException if the name is not one path component
   */
  public NetworkNamespace {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "'" + name.replaceAll("\\p{Cntrl}", "?") + "' is not a name of a network namespace");
    }
  }

  /**
   * Moves the calling thread into this namespace, for good: its sockets, and {@code /sys} as it
   * sees it, are those of the namespace. Needs CAP_SYS_ADMIN, unless {@code ip netns exec} has
   * brought the thread there before.
   *
   * <p>The interfaces in sysfs are those of the namespace in which sysfs was mounted, so the thread
   * gets a mount namespace of its own with a fresh sysfs, the way {@code ip netns exec} does it.
   *
   * @throws OsException if there is no such namespace ({@link Errno#ENOENT}) or the privilege is
   *     missing ({@link Errno#EPERM}); the thread must not be used for anything else then
   * @throws IllegalStateException on a virtual thread, which has no namespace of its own
   */
  public void enter() throws OsException {
    if (Thread.currentThread().isVirtual()) {
      throw new IllegalStateException("a network namespace is entered by a platform thread");
    }
    boolean isInside = isCurrent();
    try {
      attempt("open network namespace " + name, this::enterNetwork);
      attempt("see the /sys of network namespace " + name, this::mountSysfs);
    } catch (OsException refused) {
      if (!isInside || !refused.lacksPrivilege()) {
        throw refused;
      }
    }
  }

  /** Whether the calling thread is in this namespace already. */
  public boolean isCurrent() {
    try {
      return Files.isSameFile(Path.of(DIRECTORY + name), OWN);
    } catch (IOException none) {
      return false;
    }
  }

  /**
   * Runs a task on a new platform thread inside this namespace and waits for it.
   *
   * @return what the task returned
   * @throws OsException as {@link #enter()}
   * @throws Exception what the task threw
   */
  public <T> T call(Callable<T> task) throws Exception {
    FutureTask<T> inside =
        new FutureTask<>(() -> {
          enter();
          return task.call();
        });
    Thread.ofPlatform().name("netns-" + name).daemon().start(inside);
    try {
      return inside.get();
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw failed;
    }
  }

  private void enterNetwork() {
    int descriptor = LibC.open(DIRECTORY + name, O_RDONLY | O_CLOEXEC);
    try {
      LibC.setns(descriptor, CLONE_NEWNET);
    } finally {
      LibC.close(descriptor);
    }
  }

  private void mountSysfs() {
    LibC.unshare(CLONE_NEWNS);
    // Slave, so that nothing mounted here reaches the other threads.
    LibC.mount("", "/", "none", MS_SLAVE | MS_REC, Pointer.NULL);
    LibC.umount2("/sys", MNT_DETACH);
    LibC.mount(name, "/sys", "sysfs", 0, Pointer.NULL);
  }

  private static void attempt(String what, Runnable calls) throws OsException {
    try {
      calls.run();
    } catch (LastErrorException failed) {
      throw new OsException(what, failed.getErrorCode());
    }
  }
}
