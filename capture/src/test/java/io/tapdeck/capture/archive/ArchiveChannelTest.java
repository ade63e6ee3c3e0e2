package io.tapdeck.capture.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveChannelTest {
  private static final int FRAME = ArchiveWriter.PIECE;

  @TempDir private Path directory;

  /** Bytes that compress a little, and differ everywhere. */
  private static byte[] content(int length) {
    byte[] content = new byte[length];
    new Random(length).nextBytes(content);
    for (int i = 0; i < length; i += 3) {
      content[i] = 7;
    }
    return content;
  }

  private Path write(Compression compression, byte[] content) throws IOException {
    return write(directory.resolve("content" + compression.suffix()), compression, content);
  }

  private static Path write(Path file, Compression compression, byte[] content) throws IOException {
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        ArchiveWriter writer = ArchiveWriter.of(compression)) {
      writer.begin(channel);
      ByteBuffer piece = ByteBuffer.allocateDirect(FRAME);
      for (int at = 0; at < content.length; at += piece.limit()) {
        piece.clear().put(content, at, Math.min(FRAME, content.length - at));
        writer.write(piece.flip());
      }
      ArchiveWriter.Written written = writer.finish();
      assertThat(written.bytes()).isEqualTo(Files.size(file));
      assertThat(written.sha256()).isEqualTo(Sha256.of(file));
    }
    return file;
  }

  private static SeekableByteChannel open(Path file) throws IOException {
    return ArchiveChannel.open(
        FileChannel.open(file, StandardOpenOption.READ), file.getFileName().toString());
  }

  private static byte[] readAll(SeekableByteChannel channel, ByteBuffer piece) throws IOException {
    var all = new java.io.ByteArrayOutputStream();
    while (channel.read(piece.clear()) >= 0) {
      byte[] bytes = new byte[piece.flip().remaining()];
      piece.get(bytes);
      all.writeBytes(bytes);
    }
    return all.toByteArray();
  }

  private static byte[] readAll(Path file) throws IOException {
    try (SeekableByteChannel channel = open(file)) {
      return readAll(channel, ByteBuffer.allocateDirect(100_000));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, FRAME - 1, FRAME, FRAME + 1, 3 * FRAME + 12_345})
  void zstdAndSha256sumReadWhatIsWritten(int length) throws IOException {
    byte[] content = content(length);
    Path file = write(Compression.ZSTD, content);
    Tool.run(directory, "zstd", "-t", file.toString());
    assertThat(Tool.run(directory, "zstd", "-d", "-c", file.toString())).isEqualTo(content);
    assertThat(readAll(file)).isEqualTo(content);
    assertThat(
            new String(Tool.run(directory, "sha256sum", file.toString()), StandardCharsets.UTF_8))
        .startsWith(Sha256.of(file) + " ");
    try (SeekableByteChannel channel = open(file)) {
      assertThat(channel.size()).isEqualTo(length);
    }
  }

  @Test
  void gzipReadsWhatIsWritten() throws IOException {
    byte[] content = content(FRAME + 12_345);
    Path file = write(Compression.GZIP, content);
    Tool.run(directory, "gzip", "-t", file.toString());
    assertThat(Tool.run(directory, "gzip", "-d", "-c", file.toString())).isEqualTo(content);
    assertThat(readAll(file)).isEqualTo(content);
    try (SeekableByteChannel channel = open(file)) {
      assertThat(channel.size()).isEqualTo(content.length);
    }
  }

  @Test
  void aGzipHeaderMayHaveAllThatIsOptional() throws IOException {
    byte[] content = content(12_345);
    byte[] plain = Files.readAllBytes(write(Compression.GZIP, content));
    byte[] optional = HexFormat.of().parseHex("0300aabbcc6e616d65006e6f746500");
    ByteBuffer file =
        ByteBuffer.allocate(plain.length + optional.length + 2).order(ByteOrder.LITTLE_ENDIAN);
    file.put(plain, 0, 10).put(3, (byte) 0x1f).put(optional);
    var crc = new java.util.zip.CRC32();
    crc.update(file.array(), 0, file.position());
    file.putShort((short) crc.getValue()).put(plain, 10, plain.length - 10);
    assertThat(readAll(Files.write(directory.resolve("full.gz"), file.array()))).isEqualTo(content);
    file.put(13, (byte) 0xab);
    Path damaged = Files.write(directory.resolve("damaged.gz"), file.array());
    assertThatThrownBy(() -> readAll(damaged))
        .isInstanceOf(DamagedArchiveException.class)
        .hasMessageContaining("the checksum of a member's header is wrong");
  }

  @Test
  void whatFollowsAGzipMemberIsAnotherOrZerosOrDamage() throws IOException {
    byte[] content = content(100_000);
    byte[] member = Files.readAllBytes(write(Compression.GZIP, content));
    Path file = directory.resolve("more.gz");
    for (int zeros : new int[] {1, 17, 200_000}) {
      assertThat(readAll(Files.write(file, Arrays.copyOf(member, member.length + zeros))))
          .isEqualTo(content);
    }
    for (byte[] rubbish : new byte[][] {{1}, {0, 1}, {0x1f}, {0x1f, 0x0b, 8}, content}) {
      byte[] more = Arrays.copyOf(member, member.length + rubbish.length);
      System.arraycopy(rubbish, 0, more, member.length, rubbish.length);
      Files.write(file, more);
      assertThatThrownBy(() -> readAll(file)).isInstanceOf(DamagedArchiveException.class);
    }
  }

  /** A table of the format's specification: every field where it says. */
  @Test
  void theSeekTableIsLaidOutAsSpecified() throws IOException {
    byte[] file = Files.readAllBytes(write(Compression.ZSTD, content(FRAME + 5)));
    ByteBuffer end =
        ByteBuffer.wrap(file, file.length - 33, 33).slice().order(ByteOrder.LITTLE_ENDIAN);
    assertThat(end.getInt()).isEqualTo(0x184D2A5E);
    assertThat(end.getInt()).isEqualTo(25);
    assertThat(end.getInt()).isBetween(FRAME / 2, FRAME);
    assertThat(end.getInt()).isEqualTo(FRAME);
    assertThat(end.getInt()).isBetween(5, 50);
    assertThat(end.getInt()).isEqualTo(5);
    assertThat(end.getInt()).isEqualTo(2);
    assertThat(end.get()).isZero();
    assertThat(end.getInt()).isEqualTo(0x8F92EAB1);
  }

  @Test
  void anyPlaceIsReadFromItsFrame() throws IOException {
    byte[] content = content(3 * FRAME + 999);
    Path file = write(Compression.ZSTD, content);
    try (SeekableByteChannel channel = open(file)) {
      assertPlaces(channel, content);
      // The frames before are not even looked at.
      try (RandomAccessFile damaged = new RandomAccessFile(file.toFile(), "rw")) {
        damaged.seek(20);
        damaged.write(new byte[1000]);
      }
      assertAt(channel, content, 2 * FRAME + 1);
      assertThatThrownBy(() -> assertAt(channel, content, 0))
          .isInstanceOf(DamagedArchiveException.class)
          .hasMessageContaining("content.zst is damaged at byte");
      assertAt(channel, content, FRAME);
    }
  }

  @Test
  void withoutASeekTableEveryPlaceIsReadFromTheFront() throws IOException {
    byte[] content = content(FRAME + 999);
    Path plain = Files.write(directory.resolve("plain"), content);
    Tool.run(directory, "zstd", "-q", "-9", plain.toString());
    Tool.run(directory, "gzip", "-k", plain.toString());
    byte[] gzip = Files.readAllBytes(directory.resolve("plain.gz"));
    Path members = directory.resolve("members.gz");
    Files.write(members, gzip);
    Files.write(members, gzip, StandardOpenOption.APPEND);
    for (String name : new String[] {"plain", "plain.zst", "plain.gz"}) {
      try (SeekableByteChannel channel = open(directory.resolve(name))) {
        assertThat(channel.size()).as(name).isEqualTo(content.length);
        assertThat(channel.position()).isZero();
        assertPlaces(channel, content);
      }
    }
    byte[] twice = Arrays.copyOf(content, 2 * content.length);
    System.arraycopy(content, 0, twice, content.length, content.length);
    assertThat(readAll(members)).isEqualTo(twice);
  }

  private static void assertPlaces(SeekableByteChannel channel, byte[] content) throws IOException {
    int end = content.length;
    for (int place : new int[] {0, end - 1, 1, FRAME, FRAME - 1, end - 500, FRAME + 1, 17, 0}) {
      assertAt(channel, content, place);
    }
    for (long beyond : new long[] {end, end + 1L, 1L << 40}) {
      channel.position(beyond);
      assertThat(channel.read(ByteBuffer.allocate(10))).isEqualTo(-1);
    }
    assertThat(channel.size()).isEqualTo(end);
  }

  private static void assertAt(SeekableByteChannel channel, byte[] content, int place)
      throws IOException {
    int count = Math.min(300, content.length - place);
    for (ByteBuffer read :
        new ByteBuffer[] {ByteBuffer.allocate(count), ByteBuffer.allocateDirect(count)}) {
      channel.position(place);
      while (read.hasRemaining()) {
        assertThat(channel.read(read)).isPositive();
      }
      byte[] bytes = new byte[count];
      read.flip().get(bytes);
      assertThat(bytes).isEqualTo(Arrays.copyOfRange(content, place, place + count));
      assertThat(channel.position()).isEqualTo(place + count);
    }
  }

  @Test
  void itIsReadOnlyAndDoneOnceClosed() throws IOException {
    SeekableByteChannel channel = open(write(Compression.ZSTD, content(10)));
    assertThatThrownBy(() -> channel.write(ByteBuffer.allocate(1)))
        .isInstanceOf(NonWritableChannelException.class);
    assertThatThrownBy(() -> channel.truncate(0)).isInstanceOf(NonWritableChannelException.class);
    channel.close();
    channel.close();
    assertThat(channel.isOpen()).isFalse();
    assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1)))
        .isInstanceOf(ClosedChannelException.class);
  }

  /** What a frame claims costs nothing until it is there. */
  @Test
  void claimsThatCannotBeAreRefusedBeforeAnythingIsAllocated() throws IOException {
    // A window of 2 GiB, and a frame that begins as one of 2^60 bytes.
    expectDamaged("28b52ffd00a8" + "0100000000", "damaged");
    expectDamaged("28b52ffde0" + "0000000000000010" + "0100000000", "damaged");
    // Seek tables: a frame of 2 GiB; frames of other sizes than there are; of 4 TiB together.
    expectDamaged(table(entry(0, 0x8000_0000L), 1), "claims 2147483648 bytes");
    expectDamaged(table(entry(1000, 10), 1), "tells of 1000 compressed bytes, there are 0");
    expectDamaged(table(entry(0, 1 << 30).repeat(4097), 4097), "frame 4096 claims");
    // There is nothing of the frame that it tells of.
    expectDamaged(table(entry(0, 10), 1), "is not what the seek table says");
  }

  private static String entry(long compressedSize, long contentSize) {
    ByteBuffer entry = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    return HexFormat.of()
        .formatHex(entry.putInt((int) compressedSize).putInt((int) contentSize).array());
  }

  private static String table(String entries, int frames) {
    return entry(0x184D2A5E, entries.length() / 2 + 9)
        + entries
        + entry(frames, 0).substring(0, 10)
        + "b1ea928f";
  }

  private void expectDamaged(String bytes, String reason) throws IOException {
    Path file = Files.write(directory.resolve("claims"), HexFormat.of().parseHex(bytes));
    assertThatThrownBy(() -> readAll(file))
        .as(bytes.substring(0, Math.min(80, bytes.length())))
        .isInstanceOf(DamagedArchiveException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void aSeekTableThatLiesAboutAFrameIsFoundOut() throws IOException {
    byte[] content = content(2 * FRAME);
    Path file = write(Compression.ZSTD, content);
    long entries = Files.size(file) - 9 - 16;
    try (RandomAccessFile table = new RandomAccessFile(file.toFile(), "rw")) {
      for (int frame = 0; frame < 2; frame++) {
        table.seek(entries + 8L * frame + 4);
        table.writeInt(Integer.reverseBytes(FRAME + (frame == 0 ? 1 : -1)));
      }
    }
    assertThatThrownBy(() -> readAll(file))
        .isInstanceOf(DamagedArchiveException.class)
        .hasMessageContaining("a frame is not what the seek table says");
  }

  @Test
  void aBombTakesNoMemory() throws IOException {
    byte[] zeros = new byte[1 << 27];
    for (Compression compression : new Compression[] {Compression.ZSTD, Compression.GZIP}) {
      Path file = write(compression, zeros);
      assertThat(Files.size(file)).isLessThan(zeros.length / 900L);
      try (SeekableByteChannel channel = open(file)) {
        ByteBuffer piece = ByteBuffer.allocateDirect(1 << 16);
        long count = 0;
        while (channel.read(piece.clear()) >= 0) {
          count += piece.position();
        }
        assertThat(count).isEqualTo(zeros.length);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Compression.class,
      names = {"ZSTD", "GZIP"})
  void aFileCutAnywhereIsDamagedAndNeverShort(Compression compression) throws IOException {
    byte[] content = content(50_000);
    Path file = write(compression, content);
    byte[] whole = Files.readAllBytes(file);
    int tableLength = compression == Compression.ZSTD ? 8 + 8 + 9 : 0;
    for (int cut = 5; cut < whole.length; cut += cut < 40 || cut > whole.length - 40 ? 1 : 997) {
      Files.write(file, Arrays.copyOf(whole, cut));
      if (cut == whole.length - tableLength) {
        assertThat(readAll(file)).as("the table alone is gone").isEqualTo(content);
      } else {
        assertThatThrownBy(() -> readAll(file))
            .as("cut at " + cut)
            .isInstanceOf(DamagedArchiveException.class);
      }
    }
  }

  private static final byte[] CONTENT = content(30_000);
  private static final byte[] ZSTD = compressed(Compression.ZSTD);
  private static final byte[] GZIP = compressed(Compression.GZIP);

  private static byte[] compressed(Compression compression) {
    try {
      Path scratch = Files.createTempDirectory("archive");
      Path file = write(scratch.resolve("file"), compression, CONTENT);
      byte[] bytes = Files.readAllBytes(file);
      Files.delete(file);
      Files.delete(scratch);
      return bytes;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Whatever is flipped, the answer is the content, or that it is damaged; nothing else. */
  @Property(tries = 1000)
  void aDamagedFileIsNeverReadAsSomethingElse(
      @ForAll boolean asZstd,
      @ForAll @IntRange(max = 1 << 20) int place,
      @ForAll @IntRange(min = 1, max = 255) int flip)
      throws IOException {
    byte[] whole = asZstd ? ZSTD : GZIP;
    byte[] damaged = whole.clone();
    int at = place % whole.length;
    damaged[at] ^= (byte) flip;
    Path file = Files.write(Files.createTempFile("damaged", ".archive"), damaged);
    try {
      byte[] read = readAll(file);
      // Without its magic number it is no archive; of a gzip header some fields mean nothing.
      assertThat(Arrays.equals(read, CONTENT) || (at < 4 && Arrays.equals(read, damaged)))
          .as("byte %d by %x", at, flip)
          .isTrue();
    } catch (DamagedArchiveException asItShould) {
      assertThat(asItShould).hasMessageContaining("damaged");
    } finally {
      Files.delete(file);
    }
  }
}
