package io.tapdeck.capture.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapdeck.capture.pcap.RandomDamage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives that the recorder does not write: what their own tools made is read. */
class ForeignArchivesTest {
  private static final int DICTIONARY_BYTE = 16;
  private static final int BLOCK_HEADER = 12;

  @TempDir private Path directory;

  /** What repeats itself near and far, and what does not. */
  private static byte[] content(int length) {
    Random random = new Random(length);
    byte[] content = new byte[length];
    int at = 0;
    while (at < length) {
      int piece = Math.min(length - at, 1 + random.nextInt(5_000));
      switch (random.nextInt(4)) {
        case 0 -> Arrays.fill(content, at, at + piece, (byte) random.nextInt());
        case 1 -> {
          int from = random.nextInt(at + 1);
          int count = Math.min(piece, at - from);
          System.arraycopy(content, from, content, at, count);
        }
        case 2 -> {
          for (int i = at; i < at + piece; i++) {
            content[i] = (byte) ("frame " + i / 7).charAt(i % 6);
          }
        }
        default -> {
          byte[] noise = new byte[piece];
          random.nextBytes(noise);
          System.arraycopy(noise, 0, content, at, piece);
        }
      }
      at += piece;
    }
    return content;
  }

  private byte[] made(byte[] content, String... command) throws IOException {
    Path plain = Files.write(directory.resolve("plain"), content);
    List<String> all = new ArrayList<>(List.of(command));
    all.addAll(List.of("-c", plain.toString()));
    return Tool.run(directory, all.toArray(String[]::new));
  }

  private byte[] read(byte[] archive) throws IOException {
    try (SeekableByteChannel channel = open(archive)) {
      return readAll(channel);
    }
  }

  private SeekableByteChannel open(byte[] archive) throws IOException {
    Path file = Files.write(directory.resolve("archive"), archive);
    return ArchiveChannel.open(FileChannel.open(file, StandardOpenOption.READ), "archive");
  }

  private static ArchiveChannel pipe(byte[] archive) throws IOException {
    return ArchiveChannel.openPipe(Channels.newChannel(new Trickle(archive)), "standard input");
  }

  private static byte[] readAll(SeekableByteChannel channel) throws IOException {
    ByteBuffer piece = ByteBuffer.allocateDirect(100_000);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (channel.read(piece.clear()) >= 0) {
      byte[] bytes = new byte[piece.flip().remaining()];
      piece.get(bytes);
      all.writeBytes(bytes);
    }
    return all.toByteArray();
  }

  /** Gives what a pipe gives: less than was asked for, and no word of what is to come. */
  private static final class Trickle extends ByteArrayInputStream {
    Trickle(byte[] bytes) {
      super(bytes);
    }

    @Override
    public synchronized int read(byte[] into, int offset, int length) {
      return super.read(into, offset, Math.min(length, 777));
    }

    @Override
    public synchronized int available() {
      return 0;
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lz4 -1",
        "lz4 -9 -B4",
        "lz4 -1 -B4 -BD",
        "lz4 -12 -B5 -BD -BX",
        "lz4 -1 -B7 --content-size",
        "lz4 -1 -B6 --no-frame-crc",
        "xz -0",
        "xz -9e",
        "xz -1 --check=sha256 --block-size=100000",
        "xz -1 --check=none -T2",
        "xz --x86 --lzma2=preset=1"
      })
  void whatTheirToolsMakeIsRead(String command) throws IOException {
    for (int length : new int[] {0, 1, 17, 65_536, 3_000_000}) {
      byte[] content = content(length);
      byte[] archive = made(content, command.split(" "));
      assertThat(read(archive)).as(command + " " + length).isEqualTo(content);
      try (ArchiveChannel channel = pipe(archive)) {
        assertThat(readAll(channel)).as(command + " " + length).isEqualTo(content);
      }
    }
  }

  @Test
  void noiseIsStoredAsItIs() throws IOException {
    byte[] noise = new byte[500_000];
    new Random(1).nextBytes(noise);
    assertThat(read(made(noise, "lz4", "-B4"))).isEqualTo(noise);
    assertThat(read(made(noise, "xz"))).isEqualTo(noise);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lz4", "xz", "gzip", "zstd"})
  void severalOnesAfterTheOtherAreOne(String tool) throws IOException {
    byte[] content = content(200_000);
    byte[] once = made(content, tool);
    byte[] twice = join(once, once);
    assertThat(read(twice)).isEqualTo(join(content, content));
    try (ArchiveChannel channel = pipe(twice)) {
      assertThat(readAll(channel)).isEqualTo(join(content, content));
    }
  }

  private static byte[] join(byte[] one, byte[] two) {
    byte[] both = Arrays.copyOf(one, one.length + two.length);
    System.arraycopy(two, 0, both, one.length, two.length);
    return both;
  }

  @Test
  void skippableFramesAreSkipped() throws IOException {
    byte[] content = content(1_000);
    byte[] frame = made(content, "lz4");
    byte[] skippable =
        ByteBuffer.allocate(13).order(ByteOrder.LITTLE_ENDIAN).putInt(0x184D2A5F).putInt(5).array();
    assertThat(read(join(frame, join(skippable, frame)))).isEqualTo(join(content, content));
  }

  @ParameterizedTest
  @ValueSource(strings = {"lz4 -BD -B4 -BX", "xz -1"})
  void noDamageGoesUnseenOrDoesHarm(String command) throws IOException {
    byte[] content = content(30_000);
    byte[] whole = made(content, command.split(" "));
    Random random = new Random(7);
    for (int damage = 0; damage < 400; damage++) {
      byte[] archive = whole.clone();
      int at = 4 + random.nextInt(archive.length - 4);
      if (random.nextBoolean()) {
        archive[at] ^= (byte) (1 << random.nextInt(8));
      } else {
        archive = Arrays.copyOf(archive, at);
      }
      try {
        byte[] read = read(archive);
        // A bit of the header may stand for nothing that matters here.
        assertThat(Arrays.equals(read, content)).as("damaged at %d", at).isTrue();
      } catch (DamagedArchiveException told) {
        assertThat(told.getMessage()).startsWith("archive ");
      }
    }
  }

  @Test
  void moreMemoryThanIsReasonableIsRefusedBeforeItIsTaken() throws IOException {
    byte[] archive = made(content(1_000), "xz", "-1", "-T1");
    archive[DICTIONARY_BYTE] = 37;
    CRC32 crc = new CRC32();
    crc.update(archive, BLOCK_HEADER, 8);
    ByteBuffer.wrap(archive)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(BLOCK_HEADER + 8, (int) crc.getValue());
    assertThatThrownBy(() -> read(archive))
        .isInstanceOf(DamagedArchiveException.class)
        .hasMessageContaining("asks for 1536 MiB of memory, 128 are the limit")
        .hasMessageContaining("unpack it with 'xz -d'");
  }

  @Test
  void theyAreReadAgainFromTheFrontOfAFileButNotOfAPipe() throws IOException {
    byte[] content = content(300_000);
    for (String tool : new String[] {"lz4", "xz"}) {
      byte[] archive = made(content, tool);
      try (SeekableByteChannel channel = open(archive)) {
        assertThat(channel.size()).isEqualTo(content.length);
        assertThat(readAll(channel.position(299_000)))
            .isEqualTo(Arrays.copyOfRange(content, 299_000, 300_000));
        assertThat(readAll(channel.position(0))).isEqualTo(content);
        assertThat(((ArchiveChannel) channel).storedPosition()).isEqualTo(archive.length);
      }
      try (ArchiveChannel channel = pipe(archive)) {
        assertThat(channel.size()).isZero();
        assertThat(readAll(channel.position(299_000))).hasSize(1_000);
        assertThat(channel.size()).isEqualTo(content.length);
        channel.position(0);
        assertThatThrownBy(() -> readAll(channel))
            .isInstanceOf(IOException.class)
            .hasMessage("standard input is a pipe: what was read cannot be read again");
      }
    }
  }

  @Test
  void aPipeOfWhatIsNotCompressedGivesThat() throws IOException {
    for (int length : new int[] {0, 3, 100_000}) {
      byte[] content = content(length);
      try (ArchiveChannel channel = pipe(content)) {
        assertThat(readAll(channel)).isEqualTo(content);
      }
    }
  }

  @Test
  void noDamagedArchiveMakesTheReaderDoWhatItMustNot() throws IOException {
    Random random = new Random(42);
    for (byte[] whole : ArchiveFuzz.seeds(directory)) {
      ArchiveFuzz.fuzzerTestOneInput(whole);
      for (int damage = 0; damage < 30; damage++) {
        ArchiveFuzz.fuzzerTestOneInput(RandomDamage.of(whole, random));
      }
    }
  }
}
