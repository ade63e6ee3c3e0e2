package io.tapdeck.capture.libpcap;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/**
 * The functions of libpcap that are called, under their names without {@code pcap_} (pcap(3PCAP)).
 * Pointers are plain addresses; who may pass what is the business of {@link LiveHandle} and {@link
 * Filter}.
 */
final class LibPcap {
  static final int ERRBUF_SIZE = 256;
  static final int ERROR_PERM_DENIED = -8;
  static final int ERROR_PROMISC_PERM_DENIED = -11;
  static final int TSTAMP_PRECISION_NANO = 1;
  static final int NETMASK_UNKNOWN = 0xffffffff;

  private static final int TEXT_LIMIT = 1024;
  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup LOOKUP = PcapLibrary.LOOKUP.orElseThrow();

  private static final MethodHandle CREATE = bind("create", ADDRESS, ADDRESS, ADDRESS);
  private static final MethodHandle OPEN_OFFLINE =
      bind("open_offline_with_tstamp_precision", ADDRESS, ADDRESS, JAVA_INT, ADDRESS);
  private static final MethodHandle OPEN_DEAD = bind("open_dead", ADDRESS, JAVA_INT, JAVA_INT);
  private static final MethodHandle SET_SNAPLEN = setter("set_snaplen");
  private static final MethodHandle SET_PROMISC = setter("set_promisc");
  private static final MethodHandle SET_BUFFER_SIZE = setter("set_buffer_size");
  private static final MethodHandle SET_TSTAMP_PRECISION = setter("set_tstamp_precision");
  private static final MethodHandle SET_TIMEOUT = setter("set_timeout");
  private static final MethodHandle ACTIVATE = bind("activate", JAVA_INT, ADDRESS);
  private static final MethodHandle SETNONBLOCK =
      bind("setnonblock", JAVA_INT, ADDRESS, JAVA_INT, ADDRESS);
  private static final MethodHandle SELECTABLE_FD = bind("get_selectable_fd", JAVA_INT, ADDRESS);
  private static final MethodHandle DATALINK = bind("datalink", JAVA_INT, ADDRESS);
  private static final MethodHandle NEXT_EX = bind("next_ex", JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
  private static final MethodHandle STATS = bind("stats", JAVA_INT, ADDRESS, ADDRESS);
  private static final MethodHandle COMPILE =
      bind("compile", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT);

  /** Its pointers are passed as the numbers that they are, since that allocates nothing. */
  private static final MethodHandle OFFLINE_FILTER =
      bind("offline_filter", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);

  private static final MethodHandle FREECODE = bindVoid("freecode");
  private static final MethodHandle GETERR = bind("geterr", ADDRESS, ADDRESS);
  private static final MethodHandle STATUSTOSTR = bind("statustostr", ADDRESS, JAVA_INT);
  private static final MethodHandle CLOSE = bindVoid("close");

  private LibPcap() {}

  static MemorySegment create(MemorySegment source, MemorySegment error) {
    try {
      return (MemorySegment) CREATE.invokeExact(source, error);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static MemorySegment openOffline(MemorySegment path, int precision, MemorySegment error) {
    try {
      return (MemorySegment) OPEN_OFFLINE.invokeExact(path, precision, error);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static MemorySegment openDead(int dataLink, int snaplen) {
    try {
      return (MemorySegment) OPEN_DEAD.invokeExact(dataLink, snaplen);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static int setSnaplen(MemorySegment handle, int bytes) {
    return set(SET_SNAPLEN, handle, bytes);
  }

  static int setPromisc(MemorySegment handle, int on) {
    return set(SET_PROMISC, handle, on);
  }

  static int setBufferSize(MemorySegment handle, int bytes) {
    return set(SET_BUFFER_SIZE, handle, bytes);
  }

  static int setTstampPrecision(MemorySegment handle, int precision) {
    return set(SET_TSTAMP_PRECISION, handle, precision);
  }

  static int setTimeout(MemorySegment handle, int millis) {
    return set(SET_TIMEOUT, handle, millis);
  }

  static int activate(MemorySegment handle) {
    return ask(ACTIVATE, handle);
  }

  static int setnonblock(MemorySegment handle, int on, MemorySegment error) {
    try {
      return (int) SETNONBLOCK.invokeExact(handle, on, error);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static int selectableFd(MemorySegment handle) {
    return ask(SELECTABLE_FD, handle);
  }

  static int datalink(MemorySegment handle) {
    return ask(DATALINK, handle);
  }

  static int nextEx(MemorySegment handle, MemorySegment header, MemorySegment packet) {
    try {
      return (int) NEXT_EX.invokeExact(handle, header, packet);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static int stats(MemorySegment handle, MemorySegment stats) {
    try {
      return (int) STATS.invokeExact(handle, stats);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static int compile(MemorySegment handle, MemorySegment program, MemorySegment expression) {
    try {
      return (int) COMPILE.invokeExact(handle, program, expression, 1, NETMASK_UNKNOWN);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static int offlineFilter(long program, long header, long packet) {
    try {
      return (int) OFFLINE_FILTER.invokeExact(program, header, packet);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static void freecode(MemorySegment program) {
    release(FREECODE, program);
  }

  static String geterr(MemorySegment handle) {
    try {
      return text((MemorySegment) GETERR.invokeExact(handle));
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static String statustostr(int status) {
    try {
      return text((MemorySegment) STATUSTOSTR.invokeExact(status));
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static void close(MemorySegment handle) {
    release(CLOSE, handle);
  }

  /** Refuses a negative status, with libpcap's words for it. */
  static void check(int status, MemorySegment handle) throws PcapException {
    if (status < 0) {
      String words = geterr(handle);
      throw new PcapException(status, words.isEmpty() ? statustostr(status) : words);
    }
  }

  private static int set(MethodHandle setter, MemorySegment handle, int value) {
    try {
      return (int) setter.invokeExact(handle, value);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  private static int ask(MethodHandle question, MemorySegment handle) {
    try {
      return (int) question.invokeExact(handle);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  private static void release(MethodHandle release, MemorySegment what) {
    try {
      release.invokeExact(what);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  private static String text(MemorySegment pointer) {
    return pointer.reinterpret(TEXT_LIMIT).getString(0);
  }

  private static MethodHandle setter(String name) {
    return bind(name, JAVA_INT, ADDRESS, JAVA_INT);
  }

  private static MethodHandle bind(String name, MemoryLayout result, MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        LOOKUP.findOrThrow("pcap_" + name), FunctionDescriptor.of(result, arguments));
  }

  private static MethodHandle bindVoid(String name) {
    return LINKER.downcallHandle(
        LOOKUP.findOrThrow("pcap_" + name), FunctionDescriptor.ofVoid(ADDRESS));
  }

  /** A downcall throws nothing of its own; what it throws is a mistake in its descriptor. */
  private static AssertionError unexpected(Throwable thrown) {
    return new AssertionError("call into libpcap", thrown);
  }
}
