package io.tapdeck.web.http;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What somebody did, or was kept from.
 *
 * @param user empty if it was tried under a name that nobody has
 * @param apiToken the name of the API token it was done with; null in a session
 * @param address where the request came from
 * @param path as it was called, without the query; bodies are never handed on
 * @param status what was answered; 0 before that
 * @param bytes that came of a file that was sent; null if none is sent so
 */
public record Action(
    String user,
    @Nullable String apiToken,
    String address,
    Method method,
    String path,
    Outcome outcome,
    int status,
    @Nullable Long bytes) {
  /** What came of it. */
  public enum Outcome {
    /** It goes on, or the server ended meanwhile. */
    BEGUN,
    DONE,
    REFUSED,
    FAILED,
    /** The answer did not go out to its end, or a file that was sent did not come to its end. */
    BROKEN_OFF;

    /** As it is kept and shown. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    static Outcome of(int status, boolean whole) {
      if (!whole) {
        return BROKEN_OFF;
      }
      return status < 400 ? DONE : status < 500 ? REFUSED : FAILED;
    }
  }
}
