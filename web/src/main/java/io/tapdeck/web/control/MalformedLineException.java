package io.tapdeck.web.control;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A line that is no JSON object. */
final class MalformedLineException extends IOException {
  private static final long serialVersionUID = 1L;

  MalformedLineException(@Nullable Throwable cause) {
    super("a line is no JSON object", cause);
  }
}
