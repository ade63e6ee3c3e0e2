package io.tapdeck.web.http;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/**
 * Tells the errors that come up below the routes, such as a malformed request, as problem details,
 * and never what threw them.
 */
final class ProblemWriter extends ErrorHandler {
  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    int status =
        request.getAttribute(ERROR_EXCEPTION) instanceof HttpException failure
            ? failure.getCode()
            : response.getStatus();
    String detail =
        switch (status) {
          case 404 -> "there is no such thing here";
          case 408 -> "the request did not come in time";
          case 414, 431 -> "the request's head is too large";
          case 505 -> "this version of HTTP is not known here: speak HTTP/1.1";
          default -> status < 500 ? "the request is malformed" : "that failed";
        };
    write(request, response, callback, Problem.of(status, detail));
    return true;
  }

  static void write(Request request, Response response, Callback callback, Problem problem) {
    response.setStatus(problem.status());
    SecurityHeaders.put(response.getHeaders());
    RequestId.tell(request, response.getHeaders());
    problem.retryAfter().ifPresent(after -> response.getHeaders().put("Retry-After", after));
    byte[] body = problem.body(RequestId.of(request));
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, Problem.CONTENT_TYPE);
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    boolean head = HttpMethod.HEAD.is(request.getMethod());
    response.write(true, head ? null : ByteBuffer.wrap(body), callback);
  }
}
