package io.tapdeck.capture.libpcap;

import io.tapdeck.capture.pcap.PcapFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Tells whether a filter expression (pcap-filter(7)) is one, for Ethernet frames, without an
 * interface and without privilege.
 *
 * <p>libpcap looks up names while it compiles: {@code host example.org} asks the resolver, which
 * may take seconds. So a check has a thread of its own, which is left behind if it takes too long.
 */
public final class FilterCheck {
  /** A longer expression is refused without being looked at. */
  public static final int LONGEST = 4096;

  private static final int DLT_EN10MB = 1;
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** Checks under way, those left behind among them. */
  private static final Semaphore FREE = new Semaphore(4);

  private FilterCheck() {}

  /**
   * What is wrong with an expression, in libpcap's words where they are its own.
   *
   * @return empty if nothing is
   */
  public static Optional<String> problem(String expression) throws InterruptedException {
    if (expression.getBytes(StandardCharsets.UTF_8).length > LONGEST) {
      return Optional.of("it is longer than " + LONGEST + " bytes");
    }
    if (expression.indexOf('\0') >= 0) {
      return Optional.of("it has a NUL character in it");
    }
    if (!FREE.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
      return Optional.of("too many filters are being checked: try again");
    }
    CompletableFuture<Optional<String>> verdict = new CompletableFuture<>();
    Thread.ofPlatform().name("filter-check").daemon().start(() -> check(expression, verdict));
    try {
      return verdict.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException looksUp) {
      return Optional.of("a name in it could not be looked up in time: give an address");
    } catch (ExecutionException failed) {
      throw new IllegalStateException(failed.getCause());
    }
  }

  private static void check(String expression, CompletableFuture<Optional<String>> verdict) {
    try {
      verdict.complete(compile(expression));
    } catch (PcapException missing) {
      verdict.complete(Optional.of(String.valueOf(missing.getMessage())));
    } catch (RuntimeException | Error mistake) {
      verdict.completeExceptionally(mistake);
    } finally {
      FREE.release();
    }
  }

  private static Optional<String> compile(String expression) throws PcapException {
    PcapLibrary.require();
    MemorySegment handle = LibPcap.openDead(DLT_EN10MB, PcapFormat.LARGEST_CAPTURE_LENGTH);
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment program = scratch.allocate(LiveHandle.PROGRAM_BYTES, Long.BYTES);
      int status = LibPcap.compile(handle, program, scratch.allocateFrom(expression));
      if (status < 0) {
        return Optional.of(LibPcap.geterr(handle));
      }
      LibPcap.freecode(program);
      return Optional.empty();
    } finally {
      LibPcap.close(handle);
    }
  }
}
