package io.tapdeck.web.http;

import java.util.UUID;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.Request;

/**
 * Under what number the log has a request. Its answer tells it, so that who was refused can say
 * which request they mean. Always of our own making: nobody writes into the log by it.
 */
final class RequestId {
  static final String HEADER = "X-Request-Id";

  /** By which lines of the log are known to belong to a request. */
  static final String IN_LOG = "request";

  private static final String ATTRIBUTE = RequestId.class.getName();

  private RequestId() {}

  /** The request's number; it gets one if it has none yet. */
  static String of(Request request) {
    if (request.getAttribute(ATTRIBUTE) instanceof String known) {
      return known;
    }
    String fresh = UUID.randomUUID().toString();
    var _ = request.setAttribute(ATTRIBUTE, fresh);
    return fresh;
  }

  static void tell(Request request, HttpFields.Mutable headers) {
    var _ = headers.put(new HttpField(HEADER, of(request)));
  }
}
