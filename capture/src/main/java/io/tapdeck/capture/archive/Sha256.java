package io.tapdeck.capture.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** SHA-256 (FIPS 180-4) of what passes, as 64 hexadecimal digits in lower case. */
public final class Sha256 {
  private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}");
  private static final int PIECE = 1 << 20;

  private final MessageDigest digest;

  /** Of nothing yet. */
  public Sha256() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java has SHA-256", impossible);
    }
  }

  /** Whether a text is such a hash. */
  public static boolean isOne(String text) {
    return FORM.matcher(text).matches();
  }

  /** Of a file as it is, which is no link. */
  public static String of(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      Sha256 hash = new Sha256();
      ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
      while (hash.readFrom(channel, piece) >= 0) {
        // All of it.
      }
      return hash.hex();
    }
  }

  /**
   * Reads what comes next of a channel.
   *
   * @param piece the caller's, overwritten
   * @return how many bytes; -1 at the end
   */
  public int readFrom(ReadableByteChannel channel, ByteBuffer piece) throws IOException {
    int count = channel.read(piece.clear());
    digest.update(piece.flip());
    return count;
  }

  /** Takes the bytes that remain in a buffer. */
  public void update(ByteBuffer bytes) {
    digest.update(bytes);
  }

  /** Of all so far; begins anew with nothing. */
  public String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
