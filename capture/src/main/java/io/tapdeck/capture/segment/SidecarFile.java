package io.tapdeck.capture.segment;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import io.tapdeck.capture.archive.Compression;
import io.tapdeck.capture.archive.Sha256;
import io.tapdeck.capture.pcap.PcapFormat;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
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

  /** The fields that change after a segment is complete. */
  private static final List<String> CHANGING = List.of("protected", "sha256", "stored");

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
      return parse(text(file));
    } catch (NoSuchFileException none) {
      return Optional.empty();
    }
  }

  /** The bytes of a sidecar's file; none of a file that is too long to be one. */
  static byte[] text(Path file) throws IOException {
    return Files.size(file) > LARGEST ? new byte[0] : Files.readAllBytes(file);
  }

  /** Reads what a sidecar's file holds; empty if it makes no sense. */
  static Optional<Sidecar> parse(byte[] text) throws IOException {
    try {
      // The JSON text null is read as null.
      @Nullable Sidecar sidecar = MAPPER.readValue(text, Sidecar.class);
      return Optional.ofNullable(sidecar).filter(SidecarFile::makesSense);
    } catch (JsonProcessingException | CharConversionException none) {
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
        && (sidecar.sha256() == null || Sha256.isOne(sidecar.sha256()))
        && (sidecar.stored() == null || makesSense(sidecar.file(), sidecar.stored()))
        && (origin == null
            || (origin.snaplen() > 0 && origin.snaplen() <= PcapFormat.LARGEST_CAPTURE_LENGTH));
  }

  private static boolean makesSense(String file, Sidecar.Stored stored) {
    return stored.compression() != Compression.NONE
        && stored.file().equals(file + stored.compression().suffix())
        && stored.bytes() >= 0
        && Sha256.isOne(stored.sha256());
  }

  private static boolean canBe(@Nullable Instant time) {
    return time == null || (!time.isBefore(EARLIEST) && !time.isAfter(LATEST));
  }

  /**
   * Says in a complete segment's sidecar whether retention must leave the segment alone. The
   * sidecar is replaced at once or not at all. Any thread of any process may do it.
   *
   * @throws NoSuchFileException if there is no such segment, or none with a sidecar of its own
   */
  public static void setProtected(Path directory, SegmentName name, boolean isProtected)
      throws IOException {
    change(directory, name, before -> before.withProtection(isProtected));
  }

  /**
   * Adds the hash of a complete segment's uncompressed file to its sidecar, in the same way.
   *
   * @param sha256 64 hexadecimal digits in lower case
   * @return the sidecar as it is now
   * @throws NoSuchFileException if there is no such segment, or none with a sidecar of its own
   */
  public static Sidecar setSha256(Path directory, SegmentName name, String sha256)
      throws IOException {
    return change(directory, name, before -> before.withSha256(sha256));
  }

  private static Sidecar change(Path directory, SegmentName name, UnaryOperator<Sidecar> change)
      throws IOException {
    try (HeldSidecar held = HeldSidecar.hold(directory, name)) {
      if (name.findIn(directory).isEmpty()) {
        // What a crash of who removed the segment left is not to look like one.
        held.delete();
        throw new NoSuchFileException(name.in(directory).toString());
      }
      held.replace(change.apply(held.sidecar()));
      return held.sidecar();
    }
  }

  /**
   * A sidecar's file as it would be after a change. What a later version has put into it stays.
   *
   * @param before the file as it is
   */
  static byte[] changed(byte[] before, Sidecar after) throws IOException {
    ObjectNode fields = (ObjectNode) MAPPER.readTree(before);
    ObjectNode now = MAPPER.valueToTree(after);
    for (String name : CHANGING) {
      JsonNode value = now.get(name);
      if (value == null) {
        fields.remove(name);
      } else {
        fields.set(name, value);
      }
    }
    return MAPPER.writeValueAsBytes(fields);
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
    writeDraft(draft, MAPPER.writeValueAsBytes(sidecar), durable);
    Files.move(draft, name.unfinishedSidecarIn(directory), StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Writes the sidecar of an unfinished segment over the one that is there, which on a full disk
   * takes no further room as long as it fits into the same block.
   *
   * @return whether it did; if not, what was there is there still, as far as the disk lets it
   */
  static boolean overwriteUnfinished(Path directory, SegmentName name, Sidecar sidecar) {
    Path file = name.unfinishedSidecarIn(directory);
    try (FileChannel channel = SegmentFiles.openExisting(file)) {
      byte[] before = text(file);
      byte[] after = MAPPER.writeValueAsBytes(sidecar);
      try {
        overwrite(channel, after);
        return true;
      } catch (IOException noRoom) {
        overwrite(channel, before);
        return false;
      }
    } catch (IOException refused) {
      return false;
    }
  }

  private static void overwrite(FileChannel file, byte[] text) throws IOException {
    ByteBuffer json = ByteBuffer.wrap(text);
    while (json.hasRemaining()) {
      file.write(json, json.position());
    }
    file.truncate(text.length);
    file.force(true);
  }

  /** Writes a draft, all of it, or leaves none behind. */
  static void writeDraft(Path draft, byte[] text, boolean durable) throws IOException {
    try (FileChannel channel = SegmentFiles.create(draft)) {
      ByteBuffer json = ByteBuffer.wrap(text);
      while (json.hasRemaining()) {
        channel.write(json);
      }
      if (durable) {
        channel.force(true);
      }
    } catch (IOException failed) {
      Files.deleteIfExists(draft);
      throw failed;
    }
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
