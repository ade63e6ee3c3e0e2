package io.tapdeck.capture.segment;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import io.tapdeck.capture.pcap.PcapFormat;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads and writes sidecars. */
public final class SidecarFile {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          // A later version may add fields; what this one needs is still there.
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .addModule(
              new SimpleModule()
                  .addSerializer(Instant.class, new InstantWriter())
                  .addDeserializer(Instant.class, new InstantReader()))
          .build();

  /** Longer than any that is written; a longer file is none. */
  private static final long LARGEST = 1 << 20;

  private static final int LARGEST_LINK_TYPE = 0xFFFF;

  /** All drafts of a sidecar have one name: one thread at a time writes them. */
  private static final Object PROTECTING = new Object();

  /** What {@link UtcTime#toNanos} can count; no pcap file holds a time beyond. */
  private static final Instant EARLIEST = UtcTime.ofNanos(Long.MIN_VALUE).plusSeconds(1);

  private static final Instant LATEST = UtcTime.ofNanos(Long.MAX_VALUE);

  private SidecarFile() {}

  /**
   * Reads a sidecar.
   *
   * @return empty if there is none, or none that makes sense
   */
  public static Optional<Sidecar> read(Path file) throws IOException {
    try {
      if (Files.size(file) > LARGEST) {
        return Optional.empty();
      }
      // The JSON text null is read as null.
      @Nullable Sidecar sidecar = MAPPER.readValue(Files.readAllBytes(file), Sidecar.class);
      return Optional.ofNullable(sidecar).filter(SidecarFile::makesSense);
    } catch (NoSuchFileException | JsonProcessingException | CharConversionException none) {
      return Optional.empty();
    }
  }

  private static boolean makesSense(Sidecar sidecar) {
    Origin origin = sidecar.origin();
    return sidecar.format() == Sidecar.FORMAT
        && sidecar.linkType() >= 0
        && sidecar.linkType() <= LARGEST_LINK_TYPE
        && sidecar.packets() >= 0
        && sidecar.frameBytes() >= 0
        && sidecar.bytes() >= 0
        && canBe(sidecar.first())
        && canBe(sidecar.last())
        && (origin == null
            || (origin.snaplen() > 0 && origin.snaplen() <= PcapFormat.LARGEST_CAPTURE_LENGTH));
  }

  private static boolean canBe(@Nullable Instant time) {
    return time == null || (!time.isBefore(EARLIEST) && !time.isAfter(LATEST));
  }

  /**
   * Says in a complete segment's sidecar whether retention must leave the segment alone. The
   * sidecar is replaced at once or not at all. Any thread of one process may do it.
   *
   * @throws NoSuchFileException if there is no such segment, or none with a sidecar of its own
   */
  public static void setProtected(Path directory, SegmentName name, boolean isProtected)
      throws IOException {
    synchronized (PROTECTING) {
      Sidecar before = ownSidecar(directory, name);
      if (before.isProtected() == isProtected) {
        return;
      }
      writeUnfinished(directory, name, before.withProtection(isProtected), true);
      Files.move(
          name.unfinishedSidecarIn(directory),
          name.sidecarIn(directory),
          StandardCopyOption.ATOMIC_MOVE);
      SegmentFiles.forceDirectory(directory);
      if (!Files.exists(name.in(directory))) {
        // Retention was faster; what is left is not to look like a segment.
        Files.deleteIfExists(name.sidecarIn(directory));
        throw new NoSuchFileException(name.in(directory).toString());
      }
    }
  }

  private static Sidecar ownSidecar(Path directory, SegmentName name) throws IOException {
    Path file = name.sidecarIn(directory);
    Optional<Sidecar> found =
        Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) ? read(file) : Optional.empty();
    return found
        .filter(sidecar -> sidecar.file().equals(name.fileName()))
        .orElseThrow(() -> new NoSuchFileException(file.toString()));
  }

  /**
   * Does once, for nothing, what writing a sidecar takes: the first time costs a fifth of a second,
   * which the first frames should not have to wait.
   */
  public static void warmUp(Origin origin) throws IOException {
    SegmentName name = new SegmentName(Instant.EPOCH, 1);
    MAPPER.writeValueAsBytes(Sidecar.of(name, 0, Tally.EMPTY, origin, null, null));
  }

  /**
   * Writes the sidecar of an unfinished segment: what is there is replaced at once or not at all.
   *
   * @param durable whether to wait until it has reached the disk
   */
  static void writeUnfinished(Path directory, SegmentName name, Sidecar sidecar, boolean durable)
      throws IOException {
    Path draft = name.draftSidecarIn(directory);
    try (FileChannel channel = SegmentFiles.create(draft)) {
      ByteBuffer json = ByteBuffer.wrap(MAPPER.writeValueAsBytes(sidecar));
      while (json.hasRemaining()) {
        channel.write(json);
      }
      if (durable) {
        channel.force(true);
      }
    }
    Files.move(draft, name.unfinishedSidecarIn(directory), StandardCopyOption.ATOMIC_MOVE);
  }

  private static final class InstantWriter extends StdScalarSerializer<Instant> {
    InstantWriter() {
      super(Instant.class);
    }

    @Override
    public void serialize(Instant time, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeString(UtcTime.format(time));
    }
  }

  private static final class InstantReader extends StdScalarDeserializer<Instant> {
    InstantReader() {
      super(Instant.class);
    }

    @Override
    public Instant deserialize(JsonParser json, DeserializationContext context) throws IOException {
      try {
        return Instant.parse(json.getText());
      } catch (DateTimeException wrong) {
        throw new JsonParseException(json, "not a time", wrong);
      }
    }
  }
}
