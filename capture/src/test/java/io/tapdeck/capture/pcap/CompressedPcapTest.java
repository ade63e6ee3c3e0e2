package io.tapdeck.capture.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapdeck.capture.archive.DamagedArchiveException;
import io.tapdeck.capture.archive.Tool;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompressedPcapTest {
  private static final int FRAMES = 5000;

  @TempDir private Path directory;
  private Path plain = Path.of("");

  @BeforeEach
  void write() throws IOException {
    int[] lengths = new int[FRAMES];
    Arrays.setAll(lengths, i -> 60 + i % 1400);
    byte[] file = Captures.file(ByteOrder.BIG_ENDIAN, false, Captures.frames(lengths));
    plain = Files.write(directory.resolve("a.pcap"), file);
    Tool.run(directory, "zstd", "-q", "-k", "a.pcap");
    Tool.run(directory, "gzip", "-k", "a.pcap");
  }

  private static long count(PcapReader reader) throws IOException {
    long count = 0;
    while (reader.next()) {
      count++;
    }
    return count;
  }

  @Test
  void compressedFilesAreReadAsIfTheyWereNot() throws IOException {
    for (String name : new String[] {"a.pcap", "a.pcap.zst", "a.pcap.gz"}) {
      try (PcapReader reader = PcapReader.open(directory.resolve(name))) {
        assertThat(count(reader)).as(name).isEqualTo(FRAMES);
        assertThat(reader.damage()).isEmpty();
        assertThat(reader.validLength()).isEqualTo(Files.size(plain));
        assertThat(reader.fileLength()).isEqualTo(Files.size(plain));
      }
    }
  }

  @Test
  void aFileThatWasCompressedSinceItWasNamedIsFound() throws IOException {
    Files.delete(plain);
    for (String compressed : new String[] {"a.pcap.zst", "a.pcap.gz"}) {
      try (PcapReader reader = PcapReader.open(plain)) {
        assertThat(count(reader)).isEqualTo(FRAMES);
      }
      Files.delete(directory.resolve(compressed));
    }
    assertThatThrownBy(() -> PcapReader.open(plain))
        .isInstanceOf(NotPcapException.class)
        .hasMessageContaining("does not exist");
  }

  @Test
  void damageWithinThePcapIsToldApartFromDamageOfTheArchive() throws IOException {
    byte[] content = Files.readAllBytes(plain);
    Path cut = directory.resolve("cut.pcap");
    Files.write(cut, Arrays.copyOf(content, content.length - 1));
    Tool.run(directory, "zstd", "-q", "cut.pcap");
    Tool.run(directory, "gzip", "cut.pcap");
    for (String name : new String[] {"cut.pcap.zst", "cut.pcap.gz"}) {
      Path file = directory.resolve(name);
      try (PcapReader reader = PcapReader.open(file)) {
        assertThat(count(reader)).isEqualTo(FRAMES - 1);
        assertThat(reader.damage().orElseThrow().reason()).contains("cut short");
      }
      byte[] archive = Files.readAllBytes(file);
      Files.write(file, Arrays.copyOf(archive, archive.length / 2));
      try (PcapReader reader = PcapReader.open(file)) {
        assertThatThrownBy(() -> count(reader))
            .isInstanceOf(DamagedArchiveException.class)
            .hasMessageContaining(name);
      }
    }
  }

  @Test
  void whatIsNoCaptureFileIsRefusedCompressedToo() throws IOException {
    Files.writeString(directory.resolve("text"), "hello, hello, hello");
    Tool.run(directory, "zstd", "-q", "text");
    assertThatThrownBy(() -> PcapReader.open(directory.resolve("text.zst")))
        .isInstanceOf(NotPcapException.class)
        .hasMessageContaining("is not a pcap file");
  }
}
