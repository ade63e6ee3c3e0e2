package io.tapdeck.web.account;

import io.tapdeck.web.http.Problem;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * A password as it is kept: Argon2id (RFC 9106) with a salt of its own, in the PHC string format.
 *
 * @param text such as {@code $argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>}
 */
record PasswordHash(String text) {
  private static final int MEMORY_KIB = 19 * 1024;
  private static final int PASSES = 2;
  private static final int LANES = 1;
  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;
  private static final int SHORTEST = 10;
  private static final int LONGEST = 1024;
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Pattern FORM =
      Pattern.compile(
          "\\$argon2id\\$v=19\\$m=([0-9]{1,6}),t=([0-9]{1,2}),p=([0-9])\\$([A-Za-z0-9+/]{22})"
              + "\\$([A-Za-z0-9+/]{43})");
  private static final SecureRandom RANDOM = new SecureRandom();

  /** Each takes 19 MiB: however many ask, no more than these are computed at a time. */
  private static final Semaphore FREE = new Semaphore(2, true);

  /**
   * Hashes a new password.
   *
   * @throws Problem 422 if it is too short or too long
   */
  static PasswordHash of(String password) throws InterruptedException {
    int length = password.codePointCount(0, password.length());
    if (length < SHORTEST || length > LONGEST) {
      throw Problem.unprocessable(
          "a password has " + SHORTEST + " to " + LONGEST + " characters; this one has " + length);
    }
    byte[] salt = new byte[SALT_BYTES];
    RANDOM.nextBytes(salt);
    byte[] hash = compute(password, salt, MEMORY_KIB, PASSES, LANES);
    Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
    return new PasswordHash(
        "$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s"
            .formatted(
                MEMORY_KIB,
                PASSES,
                LANES,
                base64.encodeToString(salt),
                base64.encodeToString(hash)));
  }

  /** A hash that no password has, but that takes as long to compare. */
  static PasswordHash ofNobody() {
    return new PasswordHash(
        "$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s"
            .formatted(MEMORY_KIB, PASSES, LANES, "A".repeat(22), "A".repeat(43)));
  }

  /** Whether it is of this password. */
  boolean matches(String password) throws InterruptedException {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalStateException("a password in accounts.db is not as Tapdeck writes them");
    }
    if (password.length() > 2 * LONGEST) {
      return false;
    }
    byte[] computed =
        compute(
            password,
            Base64.getDecoder().decode(form.group(4)),
            Integer.parseInt(form.group(1)),
            Integer.parseInt(form.group(2)),
            Integer.parseInt(form.group(3)));
    return MessageDigest.isEqual(computed, Base64.getDecoder().decode(form.group(5)));
  }

  private static byte[] compute(String password, byte[] salt, int memory, int passes, int lanes)
      throws InterruptedException {
    if (!FREE.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
      throw Problem.unavailable("too many sign in at this moment: try again", PATIENCE);
    }
    try {
      Argon2BytesGenerator generator = new Argon2BytesGenerator();
      generator.init(
          new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
              .withVersion(Argon2Parameters.ARGON2_VERSION_13)
              .withMemoryAsKB(memory)
              .withIterations(passes)
              .withParallelism(lanes)
              .withSalt(salt)
              .build());
      byte[] hash = new byte[HASH_BYTES];
      // The same characters however the keyboard composes them (RFC 8265).
      String composed = Normalizer.normalize(password, Normalizer.Form.NFC);
      var _ = generator.generateBytes(composed.getBytes(StandardCharsets.UTF_8), hash);
      return hash;
    } finally {
      FREE.release();
    }
  }

  /** Not even its hash is printed. */
  @Override
  public String toString() {
    return "PasswordHash";
  }
}
