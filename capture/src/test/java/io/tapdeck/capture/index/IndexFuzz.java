package io.tapdeck.capture.index;

import io.tapdeck.capture.dissect.Dissector;
import io.tapdeck.capture.dissect.LayeredPacket;
import io.tapdeck.capture.os.MemoryFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;

/**
 * Reads any bytes as an index, as they are and with checksums put right, and fails if the readers
 * do what they must never do. Driven by Jazzer ({@code scripts/fuzz/readers}), and by a test of the
 * suite.
 */
public final class IndexFuzz {
  private static final int SEEDS = 16;
  private static final int ETHERNET = 1;
  private static final long BLOCK = 1 << 20;

  private IndexFuzz() {}

  /** What Jazzer calls, by this name. */
  public static void fuzzerTestOneInput(byte[] file) throws IOException {
    read(file);
    byte[] sealed = file.clone();
    seal(sealed);
    read(sealed);
    readPage(file);
  }

  /**
   * Writes indexes to begin with.
   *
   * @param arguments the directory for them
   */
  public static void main(String[] arguments) throws IOException {
    Path directory = Files.createDirectories(Path.of(arguments[0]));
    for (int seed = 0; seed < SEEDS; seed++) {
      Files.write(directory.resolve("seed-" + seed), seed(new Random(seed)));
    }
  }

  /** A whole index. */
  static byte[] seed(Random random) throws IOException {
    try (MemoryFile memory = new MemoryFile("tapdeck-index")) {
      IndexBuilder builder = new IndexBuilder();
      Dissector dissector = new Dissector();
      builder.begin(0);
      long at = 0;
      try (IndexWriter writer = IndexWriter.begin(open(memory.path()), "index")) {
        for (int i = 0; i < 1 + random.nextInt(20); i++) {
          byte[] packet = LayeredPacket.ethernet(random).bytes();
          var headers = dissector.dissect(ByteBuffer.wrap(packet), 0, packet.length, ETHERNET);
          long end = at + 1 + random.nextLong(BLOCK);
          builder.add(at, end, random.nextLong(1L << 60), headers, writer);
          at = end;
        }
        builder.endChapter(writer);
        if (random.nextBoolean()) {
          writer.complete(at, random.nextBoolean());
        }
      }
      return Files.readAllBytes(memory.path());
    }
  }

  private static FileChannel open(Path path) throws IOException {
    return FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  private static void read(byte[] file) throws IOException {
    try (MemoryFile memory = new MemoryFile("tapdeck-index")) {
      try (FileChannel channel = open(memory.path())) {
        channel.write(ByteBuffer.wrap(file));
      }
      try (IndexFile index = IndexFile.of(open(memory.path()), "index")) {
        ask(index);
      } catch (DamagedIndexException told) {
        // As it should be.
      }
    }
  }

  private static void ask(IndexFile index) throws IOException {
    for (int i = 0; i < TermKind.count(); i++) {
      boolean _ = index.mayHold(TermKind.of(i), i);
    }
    long before = 0;
    for (Chapter chapter : index.chapters()) {
      for (int i = 0; i < chapter.blocks(); i++) {
        if (chapter.blockStart(i) < before || chapter.blockEnd(i) < chapter.blockStart(i)) {
          throw new IllegalStateException("blocks are in no order");
        }
        before = chapter.blockStart(i);
      }
      for (int i = 0; i < TermKind.count(); i++) {
        long found = chapter.find(TermKind.of(i), 0x0A000001) | chapter.find(TermKind.of(i), 0, -1);
        if ((found & ~chapter.all()) != 0) {
          throw new IllegalStateException("there are blocks that there are not");
        }
      }
    }
  }

  /** Puts the checksums right of what is in front. */
  private static void seal(byte[] file) {
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    if (file.length < IndexFormat.HEADER_LENGTH) {
      return;
    }
    seal(bytes, 0, IndexFormat.CHECKSUM_OFFSET);
    int at = IndexFormat.HEADER_LENGTH;
    for (int i = 0; i < 4 && at + IndexFormat.CHAPTER_HEADER_LENGTH <= file.length; i++) {
      seal(bytes, at, at + IndexFormat.CHAPTER_CHECKSUM);
      int table = at + IndexFormat.CHAPTER_HEADER_LENGTH;
      int blocks = bytes.getInt(at + IndexFormat.CHAPTER_BLOCKS);
      if (blocks > 0 && blocks <= IndexFormat.MOST_BLOCKS) {
        seal(bytes, table, table + blocks * IndexFormat.BLOCK_LENGTH);
      }
      for (int kind = 0; kind < TermKind.count(); kind++) {
        int entry = at + IndexFormat.CHAPTER_KINDS + kind * IndexFormat.KIND_LENGTH;
        long from = at + Integer.toUnsignedLong(bytes.getInt(entry + IndexFormat.KIND_OFFSET));
        long pages = Integer.toUnsignedLong(bytes.getInt(entry + IndexFormat.KIND_PAGES)) + 1;
        long end = from + pages * IndexFormat.PAGE_ENTRY_LENGTH;
        if (end <= file.length) {
          seal(bytes, (int) from, (int) end);
        }
      }
      int length = bytes.getInt(at + IndexFormat.CHAPTER_LENGTH);
      if (length <= 0 || length > file.length - at) {
        return;
      }
      at += length;
    }
  }

  private static void seal(ByteBuffer bytes, int from, int to) {
    if (from >= 0 && to <= bytes.capacity() - IndexFormat.CHECKSUM_LENGTH) {
      bytes.putInt(to, IndexBytes.checksum(bytes, from, to));
    }
  }

  /** Any bytes as a page whose checksum is right. */
  private static void readPage(byte[] page) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(page);
    ByteBuffer directory = IndexBytes.allocate(2 * IndexFormat.PAGE_ENTRY_LENGTH);
    directory.putInt(7).putInt(0).putInt(IndexBytes.checksum(bytes, 0, page.length));
    directory.putInt(0).putInt(page.length).putInt(0);
    int[] terms = {0};
    for (int blocks : new int[] {1, 7, 32, 33, 64}) {
      TermReader reader = new TermReader(directory, 1, blocks, (_, _) -> bytes);
      try {
        reader.visitAll((_, _) -> terms[0]++);
      } catch (DamagedIndexException told) {
        // As it should be.
      }
    }
    if (terms[0] > 5 * IndexFormat.PAGE_TERMS) {
      throw new IllegalStateException("more terms than a page has");
    }
  }
}
