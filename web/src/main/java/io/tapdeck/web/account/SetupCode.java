package io.tapdeck.web.account;

import io.tapdeck.web.http.Problem;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The code that shows that who makes the first user sees the console too. It is good once; after
 * five wrong tries there is a new one.
 */
final class SetupCode {
  /** Without those that look alike. */
  private static final String LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

  private static final int LENGTH = 12;
  private static final int GROUP = 4;
  private static final int TRIES = 5;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Consumer<String> console;
  private @Nullable String code;
  private int triesLeft;

  /**
   * @param console is told each new code
   */
  SetupCode(Consumer<String> console) {
    this.console = console;
  }

  /** Makes a code, if there is none, and tells it. */
  synchronized void prepare() {
    if (code == null) {
      renew();
    }
  }

  private void renew() {
    StringBuilder letters = new StringBuilder();
    for (int i = 0; i < LENGTH; i++) {
      letters.append(i > 0 && i % GROUP == 0 ? "-" : "");
      letters.append(LETTERS.charAt(RANDOM.nextInt(LETTERS.length())));
    }
    code = letters.toString();
    triesLeft = TRIES;
    console.accept(letters.toString());
  }

  /** What is done with the right code. */
  interface Body<T> {
    T run() throws InterruptedException;
  }

  /**
   * Runs the body if the code is right, one at a time. The code is used up unless the body throws.
   *
   * @param typed upper or lower case, with or without hyphens
   * @throws Problem 403 if it is wrong
   */
  synchronized <T> T redeem(String typed, Body<T> body) throws InterruptedException {
    String right = code;
    if (right == null) {
      throw Problem.conflict("the appliance has been set up already: sign in");
    }
    if (!MessageDigest.isEqual(plain(typed), plain(right))) {
      triesLeft--;
      if (triesLeft == 0) {
        renew();
        throw Problem.forbidden(
            "the code is wrong; a new one is on the console of 'tapdeck serve'");
      }
      throw Problem.forbidden("the code is wrong: see the console of 'tapdeck serve'");
    }
    T result = body.run();
    code = null;
    return result;
  }

  private static byte[] plain(String code) {
    return code.replaceAll("[\\s-]", "").toUpperCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8);
  }
}
