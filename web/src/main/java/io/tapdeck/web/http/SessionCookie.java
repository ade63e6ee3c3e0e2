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
enum SessionCookie {
  OF_HTTP("tapdeck_session", ""),
  /** Browsers send it by TLS only, and take it from nobody but this very host. */
  OF_HTTPS("__Host-tapdeck_session", "; Secure");

  private static final String ATTRIBUTES = "; Path=/; HttpOnly; SameSite=Strict";
  private static final int LONGEST = 128;

  private final String cookie;
  private final String attributes;

  SessionCookie(String cookie, String more) {
    this.cookie = cookie;
    this.attributes = ATTRIBUTES + more;
  }

  String of(String token) {
    return cookie + "=" + token + attributes;
  }

  String none() {
    return cookie + "=" + attributes + "; Max-Age=0";
  }

  /** The token that came with the request. Two of them are none: one was planted. */
  Optional<String> read(HttpServletRequest request) {
    if (request.getCookies() == null) {
      return Optional.empty();
    }
    List<String> values =
        Arrays.stream(request.getCookies())
            .filter(one -> one.getName().equals(cookie))
            .map(Cookie::getValue)
            .toList();
    return values.size() == 1
            && !values.getFirst().isEmpty()
            && values.getFirst().length() < LONGEST
        ? Optional.of(values.getFirst())
        : Optional.empty();
  }
}
