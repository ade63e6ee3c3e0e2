package io.tapdeck.web.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Lets through what our own page, or a program that is no browser, can have sent to us, before any
 * route is looked for. Other sites cannot use a browser's session here (by Origin and Fetch
 * Metadata), nor under a name of their own that they point at us (by Host).
 */
final class Gate extends Handler.Wrapper {
  private static final Pattern IPV6 = Pattern.compile("(.*)\\[([0-9a-f:.]+)](.*)");
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "PUT", "POST", "PATCH", "DELETE");
  private static final Set<String> READS = Set.of("GET", "HEAD");
  private static final Set<String> OWN_SITES = Set.of("same-origin", "none");
  private final Set<String> names;
  private final boolean encrypted;
  private final int longestBody;
  private final List<Route> streamed;
  private final HeadDeadline heads;

  /**
   * @param names what the server is called in URLs, besides this machine's loopback and the address
   *     that a request came in by
   * @param streamed routes that see to their bodies themselves
   * @param heads told of each head that has come
   */
  Gate(
      Set<String> names,
      boolean encrypted,
      int longestBody,
      List<Route> streamed,
      HeadDeadline heads) {
    this.names = names.stream().map(it -> it.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
    this.encrypted = encrypted;
    this.longestBody = longestBody;
    this.streamed = List.copyOf(streamed);
    this.heads = heads;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    heads.cameWhole(request);
    SecurityHeaders.put(response.getHeaders());
    RequestId.tell(request, response.getHeaders());
    try {
      check(request);
    } catch (Problem refusal) {
      if (refusal.status() == 405) {
        response.getHeaders().put(HttpHeader.ALLOW, "GET, HEAD, PUT, POST, PATCH, DELETE");
      }
      ProblemWriter.write(request, response, callback, refusal);
      return true;
    }
    return super.handle(request, response, callback);
  }

  private void check(Request request) {
    HttpFields headers = request.getHeaders();
    String method = request.getMethod();
    checkHost(request, headers);
    checkOrigin(request, headers);
    if (!METHODS.contains(method)) {
      throw Problem.of(405, "this method is not known here");
    }
    String path = String.valueOf(request.getHttpURI().getPath());
    if (streamed.stream().anyMatch(route -> route.matches(method, path))) {
      checkStreamedBody(headers);
    } else if (!READS.contains(method)) {
      checkBody(headers);
    }
  }

  private void checkHost(Request request, HttpFields headers) {
    Set<String> ours = ownAuthorities(request);
    List<String> named = headers.getValuesList(HttpHeader.HOST);
    // A target with another authority than the Host header's is refused before.
    boolean right =
        named.size() == 1 && ours.contains(normal(named.getFirst().toLowerCase(Locale.ROOT)));
    if (!right) {
      throw Problem.of(421, "this is not the server that the request is for: see its Host header");
    }
  }

  private void checkOrigin(Request request, HttpFields headers) {
    Set<String> ours =
        ownAuthorities(request).stream()
            .map(authority -> (encrypted ? "https://" : "http://") + authority)
            .collect(Collectors.toUnmodifiableSet());
    for (HttpField field : headers) {
      if (field.getHeader() == HttpHeader.ORIGIN && !ours.contains(normal(text(field)))) {
        throw Problem.forbidden("another site's page cannot use this server");
      }
      if (field.getName().equalsIgnoreCase("Sec-Fetch-Site")
          && !OWN_SITES.contains(text(field))
          && !isLinkToPage(request, headers)) {
        throw Problem.forbidden("another site's page cannot use this server");
      }
    }
  }

  /**
   * Who follows a link to the page, from a wiki for example, finds it; it tells nothing by itself.
   */
  private static boolean isLinkToPage(Request request, HttpFields headers) {
    return request.getMethod().equals("GET")
        && "navigate".equals(headers.get("Sec-Fetch-Mode"))
        && "document".equals(headers.get("Sec-Fetch-Dest"))
        && "/".equals(request.getHttpURI().getPath());
  }

  private void checkBody(HttpFields headers) {
    if (headers.getLongField(HttpHeader.CONTENT_LENGTH) > longestBody) {
      throw tooLarge(longestBody);
    }
    if (!type(headers).equals("application/json")) {
      throw Problem.of(415, "a write needs the header Content-Type: application/json");
    }
  }

  /** A form would be stored with its boundaries. */
  private static void checkStreamedBody(HttpFields headers) {
    if (type(headers).startsWith("multipart/")) {
      throw Problem.of(415, "send the file itself as the body, no form: curl -T FILE");
    }
  }

  private static String type(HttpFields headers) {
    String type = headers.get(HttpHeader.CONTENT_TYPE);
    return type == null ? "" : type.replaceFirst(";.*", "").strip().toLowerCase(Locale.ROOT);
  }

  static Problem tooLarge(int longestBody) {
    return Problem.of(413, "the body is larger than " + longestBody + " bytes");
  }

  /** Host and port as a browser names us, at the port that the request came in by. */
  private Set<String> ownAuthorities(Request request) {
    if (!(request.getConnectionMetaData().getLocalSocketAddress()
        instanceof InetSocketAddress local)) {
      return Set.of();
    }
    int usual = encrypted ? HTTPS_PORT : HTTP_PORT;
    // A site's name can be pointed at us, an address of ours cannot be another's.
    Stream<String> own =
        Stream.of("localhost", "127.0.0.1", "[::1]", ListenAddress.host(local.getAddress()));
    return Stream.concat(own, names.stream())
        .flatMap(name ->
            local.getPort() == usual
                ? Stream.of(name, name + ":" + usual)
                : Stream.of(name + ":" + local.getPort()))
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Addresses of IPv6 can be written in several ways. */
  private static String normal(String authority) {
    Matcher address = IPV6.matcher(authority);
    if (!address.matches()) {
      return authority;
    }
    try {
      String host = ListenAddress.host(InetAddress.ofLiteral(address.group(2)));
      return address.group(1) + host + address.group(3);
    } catch (IllegalArgumentException none) {
      return authority;
    }
  }

  private static String text(HttpField field) {
    return field.getValue() == null ? "" : field.getValue().strip().toLowerCase(Locale.ROOT);
  }
}
