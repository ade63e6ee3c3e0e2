package io.tapdeck.web.http;

import io.javalin.http.Context;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a route's handler for those who may call it, and tells what came of it. */
final class RouteRunner {
  private static final Logger LOG = LoggerFactory.getLogger(RouteRunner.class);
  private static final String CSRF_HEADER = "X-CSRF-Token";

  private final Callers callers;
  private final WriteLog writes;
  private final EventStreams streams;
  private final int longestBody;

  RouteRunner(Callers callers, WriteLog writes, EventStreams streams, int longestBody) {
    this.callers = callers;
    this.writes = writes;
    this.streams = streams;
    this.longestBody = longestBody;
  }

  /** Answers the request, whatever happens. */
  void run(Route route, Context context) {
    Call call = null;
    try {
      call = admit(route, context);
      route.handler().handle(call);
    } catch (Problem refusal) {
      tell(refusal, context);
    } catch (EventStreamEndedException ended) {
      LOG.debug("{}: {}", route.path(), ended.getMessage());
    } catch (InterruptedException ending) {
      // The thread ends with this call; interrupted, it could not answer.
      tell(Problem.of(503, "the server is about to end"), context);
    } catch (IOException | RuntimeException | Error failure) {
      tellFailure(route, failure, context);
    } catch (Exception failure) {
      tellFailure(route, failure, context);
    }
    if (call != null) {
      call.end();
      if (route.method().writes()) {
        remember(route, call, context);
      }
    }
  }

  private Call admit(Route route, Context context) throws IOException {
    Optional<String> token = SessionCookie.read(context.req());
    Optional<Caller> caller = token.flatMap(callers::find);
    Role role = caller.map(Caller::role).orElse(Role.NOBODY);
    if (!role.covers(route.role())) {
      throw caller.isEmpty()
          ? Problem.unauthorized("sign in first")
          : Problem.forbidden(
              "this needs the role " + route.role().word() + ", and yours is " + role.word());
    }
    byte[] body = new byte[0];
    if (route.method().writes()) {
      if (caller.isPresent() && !isTokenOf(caller.get(), context.header(CSRF_HEADER))) {
        throw Problem.forbidden(
            "the header " + CSRF_HEADER + " is missing or wrong: sign in again");
      }
      body = context.req().getInputStream().readNBytes(longestBody + 1);
      if (body.length > longestBody) {
        throw Gate.tooLarge(longestBody);
      }
    }
    return new Call(
        context, streams, caller.orElse(null), caller.isPresent() ? token.get() : null, body);
  }

  private static boolean isTokenOf(Caller caller, @Nullable String csrf) {
    return csrf != null
        && MessageDigest.isEqual(
            caller.csrf().getBytes(StandardCharsets.UTF_8), csrf.getBytes(StandardCharsets.UTF_8));
  }

  static void tell(Problem problem, Context context) {
    HttpServletResponse response = context.res();
    if (response.isCommitted()) {
      return;
    }
    response.resetBuffer();
    response.setStatus(problem.status());
    response.setContentType(Problem.CONTENT_TYPE);
    problem.retryAfter().ifPresent(after -> response.setHeader("Retry-After", after));
    byte[] body = problem.body();
    response.setContentLengthLong(body.length);
    if (!context.req().getMethod().equals("HEAD")) {
      context.result(body);
    }
  }

  /** The caller learns that it failed and under which number the log has it; no more. */
  private static void tellFailure(Route route, Throwable failure, Context context) {
    if (context.res().isCommitted()) {
      // The caller went away, or sees by the length that the answer is not whole.
      LOG.info("{} {}: broke off: {}", route.method(), route.path(), failure.toString());
      return;
    }
    UUID number = UUID.randomUUID();
    LOG.error("{} {}: failure {}", route.method(), route.path(), number, failure);
    tell(Problem.of(500, "that failed; the server's log says more under " + number), context);
  }

  private void remember(Route route, Call call, Context context) {
    call.actor()
        .ifPresent(user -> {
          try {
            writes.wrote(
                user, route.method(), context.req().getRequestURI(), context.res().getStatus());
          } catch (RuntimeException failure) {
            LOG.error("a write of {} could not be remembered", user, failure);
          }
        });
  }
}
