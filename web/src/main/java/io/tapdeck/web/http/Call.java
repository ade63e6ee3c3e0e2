package io.tapdeck.web.http;

import io.javalin.http.Context;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.eclipse.jetty.ee10.servlet.HttpOutput;
import org.jspecify.annotations.Nullable;

/** One request to a route and its answer, for the handler alone and only while it runs. */
public final class Call {
  private static final Pattern UUID_FORM =
      Pattern.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", Pattern.CASE_INSENSITIVE);
  private static final Pattern WHOLE_NUMBER = Pattern.compile("[0-9]{1,18}");

  private final Context context;
  private final EventStreams streams;
  private final SessionCookie cookie;
  private final BodyReader bodies;
  private final Callers callers;
  private @Nullable Caller caller;
  private @Nullable Credential credential;
  private byte[] body = new byte[0];
  private @Nullable String actor;
  private @Nullable EventStream events;
  private @Nullable StreamedBody streamed;

  Call(
      Context context,
      EventStreams streams,
      SessionCookie cookie,
      BodyReader bodies,
      Callers callers) {
    this.context = context;
    this.streams = streams;
    this.cookie = cookie;
    this.bodies = bodies;
    this.callers = callers;
  }

  /** It is known who calls, and by what. */
  void from(Caller known, Credential shown) {
    caller = known;
    credential = shown;
    actor = known.user();
  }

  /** The body has been read. */
  void with(byte[] content) {
    body = content;
  }

  /** Who calls. Everybody who calls a route of another role than {@link Role#NOBODY} is known. */
  public Caller caller() {
    if (caller == null) {
      throw Problem.unauthorized("sign in first");
    }
    return caller;
  }

  /**
   * Asks again, for what takes long, whether the caller may do what they might at its beginning.
   *
   * @throws Problem 403 if that was taken from them meanwhile
   */
  public void checkAgain() {
    Role before = caller().role();
    Optional<Caller> now = Optional.ofNullable(credential).flatMap(callers::peek);
    if (now.filter(known -> known.role().covers(before)).isEmpty()) {
      throw Problem.forbidden("you may not do this any more: it was taken from you meanwhile");
    }
  }

  /** The token of the caller's session, if they call in one. */
  public Optional<String> token() {
    return credential instanceof Credential.Session(String secret)
        ? Optional.of(secret)
        : Optional.empty();
  }

  /** The address that the request came from. */
  public String address() {
    return context.req().getRemoteAddr();
  }

  /** An element of the path, decoded; hostile text. */
  public String path(String name) {
    return context.pathParam(name);
  }

  /**
   * An element of the path that is a UUID.
   *
   * @throws Problem 400 if it is none
   */
  public UUID id(String name) {
    String text = path(name);
    if (!UUID_FORM.matcher(text).matches()) {
      throw Problem.badRequest("the " + name + " in the path is no UUID");
    }
    return UUID.fromString(text);
  }

  /**
   * An element of the path that is a whole number of 0 or more.
   *
   * @throws Problem 400 if it is none
   */
  public long number(String name) {
    return wholeNumber(name, path(name));
  }

  /** A parameter of the query; hostile text. */
  public Optional<String> query(String name) {
    return Optional.ofNullable(context.queryParam(name));
  }

  /**
   * A parameter of the query that is a whole number of 0 or more.
   *
   * @throws Problem 400 if it is none
   */
  public long query(String name, long otherwise) {
    return query(name).map(text -> wholeNumber(name, text)).orElse(otherwise);
  }

  private static long wholeNumber(String name, String text) {
    if (!WHOLE_NUMBER.matcher(text).matches()) {
      throw Problem.badRequest(name + " is no whole number");
    }
    return Long.parseLong(text);
  }

  /** A header of the request; hostile text. */
  public Optional<String> header(String name) {
    return Optional.ofNullable(context.header(name));
  }

  /** Whether only the head of the answer is wanted. A body that is written is dropped. */
  public boolean headOnly() {
    return context.req().getMethod().equals("HEAD");
  }

  /**
   * The JSON of the request, as a record. Unknown fields are refused; a missing one is null, so the
   * record's constructor checks, and throws {@link IllegalArgumentException} (told as 400) or a
   * {@link Problem}.
   *
   * @throws Problem 400 if it is missing, malformed, or does not fit
   */
  public <T> T body(Class<T> type) {
    return Json.read(body, type);
  }

  /**
   * The body as it comes, of a route that streams it.
   *
   * @param longest in bytes
   * @throws Problem 413 if it is said to be longer; nothing of it has been read then
   */
  public StreamedBody streamedBody(long longest) {
    StreamedBody body =
        bodies.stream(context.req()::getInputStream, context.req().getContentLengthLong(), longest);
    streamed = body;
    return body;
  }

  /**
   * The same, where none is needed.
   *
   * @throws Problem 400 if it is malformed, or does not fit
   */
  public <T> Optional<T> bodyIfAny(Class<T> type) {
    return body.length == 0 ? Optional.empty() : Optional.of(Json.read(body, type));
  }

  /** Sets a header of the answer. */
  public void header(String name, String value) {
    context.res().setHeader(name, value);
  }

  /** Answers 200 with JSON. */
  public void json(Object value) {
    json(200, value);
  }

  /** Answers with JSON. */
  public void json(int status, Object value) {
    bytes(status, "application/json", Json.write(value));
  }

  /** Answers with what is at hand. */
  public void bytes(int status, String contentType, byte[] content) {
    HttpServletResponse response = context.res();
    context.status(status);
    response.setContentType(contentType);
    response.setContentLengthLong(content.length);
    if (!headOnly()) {
      context.result(content);
    }
  }

  /** Answers with a status alone, such as 204 or 304. */
  public void none(int status) {
    context.status(status);
  }

  /**
   * Answers with a body that is written piece by piece. The length is told beforehand, so that a
   * caller can tell a whole answer from one that broke off.
   *
   * @param contentType of a capture, for example
   * @param length bytes that will be written
   */
  public OutputStream stream(int status, String contentType, long length) throws IOException {
    HttpServletResponse response = context.res();
    response.setStatus(status);
    response.setContentType(contentType);
    response.setContentLengthLong(length);
    return response.getOutputStream();
  }

  /**
   * Answers with a part of a file. Where nothing is encrypted the kernel takes it from where it
   * keeps the file, and nothing is copied here.
   *
   * @param contentType of a capture, for example
   * @param file stays open, and is not moved in
   * @param first where the part begins
   * @param length in bytes
   * @throws IOException if it cannot be sent to its end, as when the file becomes shorter
   */
  public void file(int status, String contentType, FileChannel file, long first, long length)
      throws IOException {
    OutputStream out = stream(status, contentType, length);
    if (headOnly()) {
      return;
    }
    FileBody body = new FileBody(file, first, length);
    if (out instanceof HttpOutput plain && !context.req().isSecure()) {
      body.sendPlain(plain);
    } else {
      body.sendCopied(out);
    }
  }

  /**
   * Answers with a body whose length nobody knows, in chunks. If the handler throws, the last one
   * is missing, so that a caller can tell here too.
   *
   * @throws Problem 505 if the caller's HTTP has no chunks
   */
  public OutputStream stream(String contentType) throws IOException {
    if (!context.req().getProtocol().equals("HTTP/1.1")) {
      throw Problem.of(505, "this needs HTTP/1.1: its end could not be told from a failure");
    }
    HttpServletResponse response = context.res();
    response.setHeader("Transfer-Encoding", "chunked");
    response.setStatus(200);
    response.setContentType(contentType);
    return response.getOutputStream();
  }

  /**
   * Answers with server-sent events, as long as the handler goes on. The handler ends when {@link
   * EventStream#send} throws, or when it is interrupted: then nobody may hear more, or the server
   * is about to end.
   *
   * @throws Problem 503 if there are too many
   */
  public EventStream events() throws IOException {
    EventStream opened = streams.open(context.res(), headOnly(), credential, caller);
    events = opened;
    return opened;
  }

  /**
   * It is tried under the name of a user: that goes on record, whether it succeeds or not.
   *
   * @param user who there is; empty if there is nobody of the name, which may be a password then
   */
  public void triedAs(String user) {
    actor = user;
  }

  /** Begins the session of the token in the caller's browser. */
  public void signedIn(String user, String sessionToken) {
    actor = user;
    context.res().addHeader("Set-Cookie", cookie.of(sessionToken));
  }

  /** Ends the session in the caller's browser. */
  public void signedOut() {
    context.res().addHeader("Set-Cookie", cookie.none());
  }

  /** Whether it was answered with events, whose end is no break. */
  boolean streamsEvents() {
    return events != null;
  }

  /** How much of a body that is streamed has come; null of others. */
  @Nullable Long came() {
    return streamed == null ? null : streamed.came();
  }

  /** Takes what still comes of a body that a handler wanted, if there is one. */
  void passOverBody() {
    if (streamed != null) {
      streamed.passOver();
    }
  }

  /** Whether a body came that never came to its end. */
  boolean isBodyBrokenOff() {
    return streamed != null && streamed.hasBrokenOff();
  }

  /** Whether the client sends more of a body: not one who waits to be told to. */
  boolean isBodyComing() {
    StreamedBody body = streamed;
    if (body == null || !body.hasBegun()) {
      return header("Expect").isEmpty();
    }
    return !body.hasEnded();
  }

  /** The handler is done. */
  void end() {
    if (events != null) {
      events.close();
    }
  }

  /** Whose deed it is; empty text if somebody's who is not known. */
  Optional<String> actor() {
    return Optional.ofNullable(actor);
  }

  /** The name of the API token that it is done with. */
  Optional<String> apiToken() {
    return Optional.ofNullable(caller)
        .filter(known -> known.user().equals(actor))
        .map(Caller::apiToken);
  }
}
