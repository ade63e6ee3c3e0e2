package io.tapdeck.capture.archive;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Reads any bytes as an archive, and fails if the reader does what it must never do. Driven by
 * Jazzer ({@code scripts/fuzz/readers}), and by a test of the suite.
 */
public final class ArchiveFuzz {
  /** Of the content; a few bytes can stand for terabytes. */
  private static final int MOST = 1 << 20;

  private static final int[] LENGTHS = {0, 1, 100, 3_000, 70_000};
  private static final List<String> TOOLS =
      List.of(
          "lz4 -1",
          "lz4 -9 -B4 -BD -BX --content-size",
          "xz -0",
          "xz --x86 --lzma2=preset=0",
          "gzip",
          "zstd");

  private ArchiveFuzz() {}

  /** What Jazzer calls, by this name. */
  public static void fuzzerTestOneInput(byte[] file) {
    byte[] one = read(file, 1 << 16);
    byte[] two = read(file, 999);
    if (!Arrays.equals(one, two)) {
      throw new AssertionError("not so: the content does not depend on how it is asked for");
    }
  }

  /** What comes before the end, or before what is told to be damaged. */
  private static byte[] read(byte[] file, int piece) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    try (ArchiveChannel channel =
        ArchiveChannel.openPipe(Channels.newChannel(new ByteArrayInputStream(file)), "fuzz")) {
      ByteBuffer into = ByteBuffer.allocate(piece);
      while (content.size() < MOST
          && channel.read(into.clear().limit(Math.min(piece, MOST - content.size()))) >= 0) {
        if (into.position() == 0) {
          throw new AssertionError("not so: a read gives something, or ends");
        }
        content.write(into.array(), 0, into.position());
      }
      return content.toByteArray();
    } catch (IOException told) {
      if (!String.valueOf(told.getMessage()).startsWith("fuzz ")) {
        throw new AssertionError("not so: who is told of damage is told where", told);
      }
      // How much came before hangs on the size of the pieces that were decompressed at once.
      return new byte[0];
    }
  }

  /**
   * Writes archives to begin with.
   *
   * @param arguments the directory for them
   */
  public static void main(String[] arguments) throws IOException {
    Path directory = Files.createDirectories(Path.of(arguments[0]));
    int seed = 0;
    for (byte[] archive : seeds(directory)) {
      Files.write(directory.resolve("seed-" + seed), archive);
      seed++;
    }
  }

  /** Archives that their own tools made. */
  static List<byte[]> seeds(Path directory) throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    for (String tool : TOOLS) {
      for (int length : LENGTHS) {
        byte[] content = new byte[length];
        new Random(length).nextBytes(content);
        Arrays.fill(content, length / 4, length, (byte) length);
        Path file = Files.write(directory.resolve("content"), content);
        seeds.add(Tool.run(directory, (tool + " -c " + file.getFileName()).split(" ")));
        Files.delete(file);
      }
    }
    return seeds;
  }
}
