package io.tapdeck.web.http;

import io.javalin.http.Context;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Runs a route's handler for those who may call it, and tells what came of it. */
final class RouteRunner {
  private static final Logger LOG = LoggerFactory.getLogger(RouteRunner.class);
  private static final String CSRF_HEADER = "X-CSRF-Token";
  private static final Pattern BEARER =
      Pattern.compile("Bearer +([\\w.~+/=-]{1,256}) *", Pattern.CASE_INSENSITIVE);

  /** What is longer is none of ours, and would only fill the record. */
  private static final int LONGEST_PATH = 256;

  private static final int REFUSED = 400;
  private static final int UNAUTHORIZED = 401;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final Duration SOON = Duration.ofSeconds(5);

  private final Callers callers;
  private final ActionLog log;
  private final EventStreams streams;
  private final SessionCookie cookie;
  private final RefusalLimit refusals = new RefusalLimit();
  private final BodyReader bodies;

  RouteRunner(
      Callers callers,
      ActionLog log,
      EventStreams streams,
      SessionCookie cookie,
      BodyReader bodies) {
    this.callers = callers;
    this.log = log;
    this.streams = streams;
    this.cookie = cookie;
    this.bodies = bodies;
  }

  /** Answers the request, whatever happens. */
  void run(Route route, Context context) {
    try (MDC.MDCCloseable _ = MDC.putCloseable(RequestId.IN_LOG, requestId(context))) {
      answer(route, context);
    }
  }

  private void answer(Route route, Context context) {
    Call call = new Call(context, streams, cookie, bodies, callers);
    boolean whole = true;
    try {
      admit(route, call, context);
      route.handler().handle(call);
    } catch (Problem refusal) {
      whole = isWholeAfter(refusal, route, call, context);
    } catch (EventStreamEndedException ended) {
      LOG.debug("{}: {}", route.path(), ended.getMessage());
    } catch (InterruptedException ending) {
      // The thread ends with this call; interrupted, it could not answer.
      Problem late = Problem.of(503, "the server is about to end");
      whole = isWholeAfter(late, route, call, context);
    } catch (IOException | RuntimeException | Error failure) {
      whole = tellFailure(route, failure, context);
    } catch (Exception failure) {
      whole = tellFailure(route, failure, context);
    }
    call.end();
    if (route.isRecorded()) {
      // Who loses their connection was refused nothing.
      record(route, call, context, whole && !call.isBodyBrokenOff());
    }
    if (route.streamsBody() && context.res().getStatus() >= REFUSED) {
      tellBeforeTheEnd(call, context);
    }
  }

  /** Who sends a long body and is refused hears that while they send it. */
  private static void tellBeforeTheEnd(Call call, Context context) {
    try (InputStream answer = context.resultInputStream()) {
      if (answer != null && call.isBodyComing()) {
        context.res().setHeader("Connection", "close");
        answer.transferTo(context.res().getOutputStream());
        context.res().flushBuffer();
        context.result(InputStream.nullInputStream());
        // Who was let in may take their time; others would only hold the connection.
        call.passOverBody();
        Linger.on(context.req().getInputStream());
      }
    } catch (IOException gone) {
      LOG.debug("nobody waits for the answer: {}", gone.getMessage());
    }
  }

  /** Lets it go on if it may. */
  private void admit(Route route, Call call, Context context) throws IOException {
    Optional<Credential> shown = credential(context);
    Optional<Caller> caller = shown.flatMap(callers::find);
    if (caller.isEmpty() && shown.filter(Credential.ApiToken.class::isInstance).isPresent()) {
      throw Problem.unauthorized("this API token is not known, or not any more: make another");
    }
    caller.ifPresent(known -> call.from(known, shown.orElseThrow()));
    if (caller.isPresent() && route.isRecorded()) {
      refusals.check(caller.get().user());
    }
    Role role = caller.map(Caller::role).orElse(Role.NOBODY);
    if (!role.covers(route.role())) {
      throw caller.isEmpty()
          ? Problem.unauthorized("sign in first")
          : Problem.forbidden(
              "this needs the role " + route.role().word() + ", and yours is " + role.word());
    }
    if (route.isSessionOnly() && caller.filter(Caller::hasSession).isEmpty()) {
      throw Problem.forbidden("this cannot be done with an API token: sign in");
    }
    if (route.method().writes()) {
      if (caller.isPresent() && !isOfSession(caller.get(), context.header(CSRF_HEADER))) {
        throw Problem.forbidden(
            "the header " + CSRF_HEADER + " is missing or wrong: sign in again");
      }
      if (!route.streamsBody()) {
        call.with(bodies.read(context.req().getInputStream()));
      }
    } else if (route.isRecorded()) {
      recordBeforehand(call, context);
    }
  }

  /** An API token comes first: who sends it means it. */
  private Optional<Credential> credential(Context context) {
    String header = context.header("Authorization");
    if (header == null) {
      return cookie.read(context.req()).map(Credential.Session::new);
    }
    Matcher bearer = BEARER.matcher(header);
    if (!bearer.matches()) {
      throw Problem.unauthorized(
          "the header Authorization is to be: Bearer, a blank, an API token");
    }
    return Optional.of(new Credential.ApiToken(bearer.group(1)));
  }

  /** Only a browser sends what it was not asked to send, and it does so with sessions alone. */
  private static boolean isOfSession(Caller caller, @Nullable String csrf) {
    String wanted = caller.csrf();
    return wanted == null
        || (csrf != null
            && MessageDigest.isEqual(
                wanted.getBytes(StandardCharsets.UTF_8), csrf.getBytes(StandardCharsets.UTF_8)));
  }

  static void tell(Problem problem, Context context) {
    HttpServletResponse response = context.res();
    if (response.isCommitted()) {
      return;
    }
    response.resetBuffer();
    // What a handler had said about an answer that does not come.
    for (String header : List.of("Transfer-Encoding", "Content-Disposition")) {
      response.setHeader(header, null);
    }
    response.setStatus(problem.status());
    response.setContentType(Problem.CONTENT_TYPE);
    if (problem.status() == UNAUTHORIZED) {
      response.setHeader("WWW-Authenticate", "Bearer");
    }
    problem.retryAfter().ifPresent(after -> response.setHeader("Retry-After", after));
    byte[] body = problem.body(requestId(context));
    response.setContentLengthLong(body.length);
    if (!context.req().getMethod().equals("HEAD")) {
      context.result(body);
    }
  }

  /** Tells a refusal; if the answer has begun, that is too late, and it is broken off. */
  private static boolean isWholeAfter(Problem refusal, Route route, Call call, Context context) {
    if (context.res().isCommitted() && !call.streamsEvents()) {
      return tellFailure(route, refusal, context);
    }
    tell(refusal, context);
    return true;
  }

  /**
   * The caller learns that it failed and under which number the log has it; no more. If the answer
   * has begun, it is broken off, so that nobody takes a part for the whole.
   *
   * @return whether the answer is whole
   */
  private static boolean tellFailure(Route route, Throwable failure, Context context) {
    if (context.res().isCommitted()) {
      LOG.info("{} {}: broke off: {}", route.method(), route.path(), failure.toString());
      ServletContextRequest.getServletContextRequest(context.req())
          .getServletChannel()
          .abort(failure);
      return false;
    }
    String number = requestId(context);
    LOG.error("{} {}: failure {}", route.method(), route.path(), number, failure);
    tell(Problem.of(500, "that failed; the server's log says more under " + number), context);
    return true;
  }

  private static String requestId(Context context) {
    return RequestId.of(ServletContextRequest.getServletContextRequest(context.req()));
  }

  /** What leaves the appliance is on record before it does. */
  private void recordBeforehand(Call call, Context context) {
    if (call.headOnly()) {
      return;
    }
    try {
      log.remember(action(call, context, Action.Outcome.BEGUN, 0));
    } catch (RuntimeException failure) {
      LOG.error("a read of {} cannot be put on record", call.actor(), failure);
      throw Problem.unavailable(
          "this cannot be put on record, so it is not done: is the disk full?", SOON);
    }
  }

  private void record(Route route, Call call, Context context, boolean whole) {
    int status = context.res().getStatus();
    boolean isHead = !route.method().writes() && call.headOnly();
    if (call.actor().isEmpty() || isHead || status == TOO_MANY_REQUESTS) {
      return;
    }
    Action action = action(call, context, Action.Outcome.of(status, whole), status);
    if (action.outcome() == Action.Outcome.REFUSED) {
      refusals.refused(action.user());
    }
    try {
      log.remember(action);
    } catch (RuntimeException failure) {
      LOG.error("could not be put on record: {}", action, failure);
    }
  }

  private static Action action(Call call, Context context, Action.Outcome outcome, int status) {
    String path = PlainPath.of(context.req().getRequestURI());
    return new Action(
        call.actor().orElse(""),
        call.apiToken().orElse(null),
        context.req().getRemoteAddr(),
        Method.valueOf(context.req().getMethod()),
        path.substring(0, Math.min(path.length(), LONGEST_PATH)),
        outcome,
        status,
        call.came());
  }
}
