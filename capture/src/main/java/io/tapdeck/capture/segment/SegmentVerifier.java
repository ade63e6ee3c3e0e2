package io.tapdeck.capture.segment;

import io.tapdeck.capture.archive.ArchiveChannel;
import io.tapdeck.capture.archive.DamagedArchiveException;
import io.tapdeck.capture.archive.Sha256;
import io.tapdeck.capture.pcap.NotPcapException;
import io.tapdeck.capture.pcap.PcapReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads segments again and compares them with what their sidecars say: sizes and hashes of the
 * content and of the stored file, packets, frame bytes, link type, first and last time. Memory is
 * bounded, and no more is decompressed than the sidecar says there is. For one thread.
 */
public final class SegmentVerifier {
  private static final int PIECE = 1 << 20;

  /** What compresses, protects or removes segments meanwhile changes one a few times at most. */
  private static final int ATTEMPTS = 4;

  private final LongConsumer progress;
  private final ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
  private final ByteBuffer window = ByteBuffer.allocateDirect(PcapReader.WINDOW_LENGTH);

  /**
   * @param progress is told how many bytes of content have been hashed since it was told last
   */
  public SegmentVerifier(LongConsumer progress) {
    this.progress = progress;
  }

  /** How a segment is. */
  public enum State {
    /** It is what its sidecar says. */
    OK("ok"),

    /** It is a capture file, but not the one that its sidecar tells of. */
    CHANGED("changed"),

    /** It cannot be read to its end. */
    DAMAGED("damaged"),

    /** There is only a sidecar. */
    MISSING("missing"),

    /** Nothing says what it should be. */
    NO_SIDECAR("no sidecar"),

    /** It has as many packets as its sidecar says, which knows no hash. */
    NO_HASH("no hash");

    private final String words;

    State(String words) {
      this.words = words;
    }

    /** For people and machines, such as {@code no sidecar}. */
    @Override
    public String toString() {
      return words;
    }
  }

  /**
   * How a segment was found.
   *
   * @param form what there was of it
   * @param reasons why it is not ok, clauses
   */
  public record Verdict(SegmentForm form, State state, List<String> reasons) {
    public Verdict {
      reasons = List.copyOf(reasons);
    }
  }

  /**
   * Verifies a segment. It may be compressed or removed meanwhile.
   *
   * @return empty if there is nothing of it any more
   */
  public Optional<Verdict> verify(SegmentForm found) throws IOException {
    SegmentForm form = found;
    for (int attempt = 1; ; attempt++) {
      if (!form.isThere()) {
        return Optional.empty();
      }
      Verdict verdict = verifyNow(form);
      SegmentForm now = form.again();
      if (verdict.state() == State.OK || now.equals(form) || attempt == ATTEMPTS) {
        return Optional.of(verdict);
      }
      form = now;
    }
  }

  private Verdict verifyNow(SegmentForm form) throws IOException {
    if (form.file().isEmpty()) {
      return new Verdict(form, State.MISSING, List.of("there is only its sidecar"));
    }
    if (form.sidecar().isEmpty()) {
      return new Verdict(form, State.NO_SIDECAR, List.of("it has no sidecar that makes sense"));
    }
    Path file = form.file().get();
    Sidecar sidecar = form.sidecar().get();
    try {
      List<String> changes = new ArrayList<>();
      compareStored(file, form.bytes(), sidecar, changes);
      compareContent(file, sidecar, changes);
      Optional<String> damage =
          changes.isEmpty() ? comparePackets(file, sidecar, changes) : Optional.empty();
      if (damage.isPresent()) {
        return new Verdict(form, State.DAMAGED, List.of(damage.get()));
      }
      State state = sidecar.sha256() == null ? State.NO_HASH : State.OK;
      return changes.isEmpty()
          ? new Verdict(
              form,
              state,
              state == State.OK ? List.of() : List.of("its sidecar knows no hash of it"))
          : new Verdict(form, State.CHANGED, changes);
    } catch (DamagedArchiveException | NotPcapException damaged) {
      return new Verdict(form, State.DAMAGED, List.of(String.valueOf(damaged.getMessage())));
    } catch (NoSuchFileException gone) {
      return new Verdict(form, State.MISSING, List.of("it went while it was verified"));
    } catch (IOException unreadable) {
      return new Verdict(
          form, State.DAMAGED, List.of("it cannot be read: " + Retention.words(unreadable)));
    }
  }

  private static void compareStored(Path file, long bytes, Sidecar sidecar, List<String> changes)
      throws IOException {
    Sidecar.Stored stored = sidecar.stored();
    if (stored == null || !file.endsWith(stored.file())) {
      return;
    }
    compare("bytes of " + stored.file(), bytes, stored.bytes(), changes);
    if (changes.isEmpty()) {
      compare("SHA-256 of " + stored.file(), Sha256.of(file), stored.sha256(), changes);
    }
  }

  private void compareContent(Path file, Sidecar sidecar, List<String> changes) throws IOException {
    Sha256 hash = new Sha256();
    long bytes = 0;
    try (SeekableByteChannel content =
        ArchiveChannel.open(FileChannel.open(file, StandardOpenOption.READ), file.toString())) {
      int count = 0;
      while (bytes <= sidecar.bytes() && count >= 0) {
        count = hash.readFrom(content, piece);
        bytes += Math.max(0, count);
        progress.accept(Math.max(0, count));
      }
    }
    if (bytes > sidecar.bytes()) {
      changes.add("it has more than the %d bytes of its sidecar".formatted(sidecar.bytes()));
      return;
    }
    compare("bytes", bytes, sidecar.bytes(), changes);
    if (sidecar.sha256() != null) {
      compare("SHA-256", hash.hex(), sidecar.sha256(), changes);
    }
  }

  /** Returns what is wrong with its records, if its sidecar does not know. */
  private Optional<String> comparePackets(Path file, Sidecar sidecar, List<String> changes)
      throws IOException {
    try (PcapReader reader = PcapReader.open(file, window)) {
      long packets = 0;
      long frameBytes = 0;
      long first = Long.MAX_VALUE;
      long last = Long.MIN_VALUE;
      while (reader.next()) {
        packets++;
        frameBytes += reader.captureLength();
        first = Math.min(first, reader.timestampNanos());
        last = Math.max(last, reader.timestampNanos());
      }
      if (reader.damage().isPresent() && sidecar.recovered() == null) {
        return Optional.of(reader.damage().get().reason());
      }
      ChronoUnit unit = reader.hasNanoseconds() ? ChronoUnit.NANOS : ChronoUnit.MICROS;
      compare("packets", packets, sidecar.packets(), changes);
      compare("frame bytes", frameBytes, sidecar.frameBytes(), changes);
      compare("link type", reader.linkType().number(), sidecar.linkType(), changes);
      compare("first time", time(first, packets), in(unit, sidecar.first()), changes);
      compare("last time", time(last, packets), in(unit, sidecar.last()), changes);
      return Optional.empty();
    }
  }

  private static @Nullable Instant time(long nanos, long packets) {
    return packets == 0 ? null : UtcTime.ofNanos(nanos);
  }

  private static @Nullable Instant in(ChronoUnit unit, @Nullable Instant time) {
    return time == null ? null : time.truncatedTo(unit);
  }

  private static void compare(
      String what, @Nullable Object found, @Nullable Object expected, List<String> changes) {
    if (!Objects.equals(found, expected)) {
      changes.add(
          String.format(
              Locale.ROOT, "%s: %s, its sidecar says %s", what, words(found), words(expected)));
    }
  }

  private static String words(@Nullable Object value) {
    return value == null
        ? "none"
        : value instanceof Instant time ? UtcTime.format(time) : value.toString();
  }
}
