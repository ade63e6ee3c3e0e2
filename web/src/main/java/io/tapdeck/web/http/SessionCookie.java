package io.tapdeck.web.http;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The cookie that carries a session's token. It ends with the browser; scripts and other sites do
 * not see it.
 */
final class SessionCookie {
  static final String NAME = "tapdeck_session";
  private static final String ATTRIBUTES = "; Path=/; HttpOnly; SameSite=Strict";
  private static final int LONGEST = 128;

  private SessionCookie() {}

  static String of(String token) {
    return NAME + "=" + token + ATTRIBUTES;
  }

  static String none() {
    return NAME + "=" + ATTRIBUTES + "; Max-Age=0";
  }

  /** The token that came with the request. Two of them are none: one was planted. */
  static Optional<String> read(HttpServletRequest request) {
    if (request.getCookies() == null) {
      return Optional.empty();
    }
    List<String> values =
        Arrays.stream(request.getCookies())
            .filter(cookie -> cookie.getName().equals(NAME))
            .map(Cookie::getValue)
            .toList();
    return values.size() == 1
            && !values.getFirst().isEmpty()
            && values.getFirst().length() < LONGEST
        ? Optional.of(values.getFirst())
        : Optional.empty();
  }
}
