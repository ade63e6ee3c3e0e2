package io.tapdeck.web.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A refusal, told as problem details (RFC 9457). Its message is the detail: a sentence that says
 * what is wrong and what to do, and is meant for the caller.
 */
public final class Problem extends RuntimeException {
  static final String CONTENT_TYPE = "application/problem+json";
  private static final long serialVersionUID = 1L;
  private static final Map<Integer, String> TITLES =
      Map.ofEntries(
          Map.entry(400, "Bad Request"),
          Map.entry(401, "Unauthorized"),
          Map.entry(403, "Forbidden"),
          Map.entry(404, "Not Found"),
          Map.entry(405, "Method Not Allowed"),
          Map.entry(408, "Request Timeout"),
          Map.entry(409, "Conflict"),
          Map.entry(411, "Length Required"),
          Map.entry(412, "Precondition Failed"),
          Map.entry(413, "Content Too Large"),
          Map.entry(414, "URI Too Long"),
          Map.entry(415, "Unsupported Media Type"),
          Map.entry(416, "Range Not Satisfiable"),
          Map.entry(417, "Expectation Failed"),
          Map.entry(421, "Misdirected Request"),
          Map.entry(422, "Unprocessable Content"),
          Map.entry(426, "Upgrade Required"),
          Map.entry(429, "Too Many Requests"),
          Map.entry(431, "Request Header Fields Too Large"),
          Map.entry(500, "Internal Server Error"),
          Map.entry(501, "Not Implemented"),
          Map.entry(503, "Service Unavailable"),
          Map.entry(504, "Gateway Timeout"),
          Map.entry(505, "HTTP Version Not Supported"),
          Map.entry(507, "Insufficient Storage"));

  private final int status;
  private final long retryAfterSeconds;
  private final @Nullable String field;
  private final @Nullable String onCommandLine;

  private Problem(int status, String detail, Duration retryAfter) {
    super(detail);
    this.status = status;
    this.retryAfterSeconds = (retryAfter.toMillis() + 999) / 1000;
    this.field = null;
    this.onCommandLine = null;
  }

  private Problem(Problem same, @Nullable String field, @Nullable String onCommandLine) {
    super(same.getMessage());
    this.status = same.status;
    this.retryAfterSeconds = same.retryAfterSeconds;
    this.field = field;
    this.onCommandLine = onCommandLine;
  }

  /** Any status of 400 to 599. */
  public static Problem of(int status, String detail) {
    return new Problem(status, detail, Duration.ZERO);
  }

  /** 400: it cannot be understood. */
  public static Problem badRequest(String detail) {
    return of(400, detail);
  }

  /** 401: who is it? */
  public static Problem unauthorized(String detail) {
    return of(401, detail);
  }

  /** 403: the caller may not. */
  public static Problem forbidden(String detail) {
    return of(403, detail);
  }

  /** 404: there is no such thing. */
  public static Problem notFound(String detail) {
    return of(404, detail);
  }

  /** 409: not as things are now. */
  public static Problem conflict(String detail) {
    return of(409, detail);
  }

  /** 422: understood, and cannot be done. */
  public static Problem unprocessable(String detail) {
    return of(422, detail);
  }

  /** 429: not so fast. */
  public static Problem tooManyRequests(String detail, Duration retryAfter) {
    return new Problem(429, detail, retryAfter);
  }

  /** 503: not now. */
  public static Problem unavailable(String detail, Duration retryAfter) {
    return new Problem(503, detail, retryAfter);
  }

  /** 504: somebody else did not do their part in time. */
  public static Problem timeout(String detail) {
    return of(504, detail);
  }

  /** The same, and which field of the body it is about. */
  public Problem about(String ofBody) {
    return new Problem(this, ofBody, onCommandLine);
  }

  /** The same, and how it is said to who types a command, whose options are no fields. */
  public Problem onCommandLine(String sentence) {
    return sentence.equals(getMessage()) ? this : new Problem(this, field, sentence);
  }

  public int status() {
    return status;
  }

  /** What is wrong and what to do. */
  public String detail() {
    return String.valueOf(getMessage());
  }

  /** Seconds after which to try again, if that helps. */
  Optional<String> retryAfter() {
    return retryAfterSeconds == 0
        ? Optional.empty()
        : Optional.of(Long.toString(retryAfterSeconds));
  }

  /**
   * As JSON.
   *
   * @param request under what number the log has the request
   */
  byte[] body(String request) {
    ObjectNode body =
        JsonNodeFactory.instance
            .objectNode()
            .put("type", "about:blank")
            .put("title", TITLES.getOrDefault(status, "Error"))
            .put("status", status)
            .put("detail", detail())
            .put("request", request);
    if (field != null) {
      body.put("field", field);
    }
    if (onCommandLine != null) {
      body.put("commandLine", onCommandLine);
    }
    return body.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** It is an answer: where it came from is of no interest, and costs. */
  @Override
  public Throwable fillInStackTrace() {
    return this;
  }
}
