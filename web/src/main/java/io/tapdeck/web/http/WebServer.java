package io.tapdeck.web.http;

import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import io.javalin.router.Endpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.event.Level;

/**
 * The server. It has its address once it is bound, and answers once it serves; until then who
 * connects waits.
 */
public final class WebServer implements AutoCloseable {
  /** What the paths of the API begin with. */
  public static final String API = "/api/v1";

  private static final Logger LOG = LoggerFactory.getLogger("io.tapdeck.web.http.Requests");
  private static final int LONGEST_BODY = 64 * 1024;
  private static final int MOST_CONNECTIONS = 1024;
  private static final int BACKLOG = 128;
  private static final Duration IDLE = Duration.ofSeconds(60);
  private static final Duration IDLE_AT_STOP = Duration.ofMillis(200);
  private static final Duration STOP = Duration.ofSeconds(2);

  private final ListenAddress listen;
  private final ServerSocketChannel socket;
  private Optional<SSLContext> tls = Optional.empty();
  private Set<String> names = Set.of();
  private Duration patience = IDLE;
  private PacedEndPoint.Pace pace = PacedEndPoint.Pace.LEAST;
  private @Nullable EventStreams streams;
  private @Nullable Javalin javalin;
  private @Nullable HeadDeadline heads;

  private WebServer(ListenAddress listen, ServerSocketChannel socket) {
    this.listen = listen;
    this.socket = socket;
  }

  /**
   * Takes the address.
   *
   * @throws IOException if it cannot be had
   */
  public static WebServer bind(ListenAddress listen) throws IOException {
    ServerSocketChannel socket = ServerSocketChannel.open();
    try {
      var _ = socket.bind(listen.socketAddress(), BACKLOG);
      int port = ((InetSocketAddress) socket.getLocalAddress()).getPort();
      return new WebServer(new ListenAddress(listen.address(), port), socket);
    } catch (IOException taken) {
      socket.close();
      throw taken;
    }
  }

  /** Speaks HTTPS, not HTTP. To be called before it serves. */
  public void encrypt(SSLContext context) {
    tls = Optional.of(context);
  }

  /** What the server is called in URLs, besides its addresses. To be called before it serves. */
  public void setNames(Set<String> hostNames) {
    names = Set.copyOf(hostNames);
  }

  /**
   * How long the whole head of a request may take to come, and then its body, however steadily they
   * come: a minute, unless set. To be called before it serves.
   */
  void setPatience(Duration longest) {
    patience = longest;
  }

  /**
   * How fast answers are to be taken at least: {@link PacedEndPoint.Pace#LEAST}, unless set. To be
   * called before it serves.
   */
  void setPace(PacedEndPoint.Pace least) {
    pace = least;
  }

  /** Such as {@code http://127.0.0.1:8080}. */
  public String url() {
    return (tls.isPresent() ? "https://" : "http://") + listen.name() + ":" + listen.port();
  }

  /** How it is reached, and what it bounds; whole once it serves. */
  public ServerSettings settings() {
    return new ServerSettings(
        listen.toString(),
        tls.isPresent(),
        names.stream().sorted().toList(),
        new ServerSettings.Limits(LONGEST_BODY, MOST_CONNECTIONS, EventStreams.MOST, patience));
  }

  /**
   * Answers from now on, until it is closed. Once only.
   *
   * @param api routes of the API
   * @param others routes with their whole paths, such as the page's
   */
  public void serve(List<Route> api, List<Route> others, Callers callers, ActionLog log) {
    EventStreams open = new EventStreams(callers);
    RouteRunner runner =
        new RouteRunner(
            callers,
            log,
            open,
            tls.isPresent() ? SessionCookie.OF_HTTPS : SessionCookie.OF_HTTP,
            new BodyReader(LONGEST_BODY, patience));
    List<Route> routes =
        Stream.concat(api.stream().map(route -> route.under(API)), others.stream()).toList();
    streams = open;
    javalin = Javalin.create(config -> configure(config, routes, runner)).start();
  }

  private void configure(JavalinConfig config, List<Route> routes, RouteRunner runner) {
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.startup.startupWatcherEnabled = false;
    config.concurrency.useVirtualThreads = true;
    config.router.ignoreTrailingSlashes = false;
    // A secret and a caller's own words in one compressed answer would tell the secret (BREACH).
    config.http.compressionStrategy = CompressionStrategy.NONE;
    config.jetty.modifyHttpConfiguration(WebServer::configure);
    config.jetty.modifyServer(server -> configure(server, routes));
    config.jetty.addConnector(this::connector);
    config.jetty.modifyServletContextHandler(
        context -> context.setErrorHandler(new ProblemWriter()));
    for (Route route : routes) {
      add(config, type(route.method()), route, runner);
      if (route.method() == Method.GET) {
        // Left to itself Javalin answers HEAD with 200, whoever asks.
        add(config, HandlerType.HEAD, route, runner);
      }
    }
    config.routes.exception(
        HttpResponseException.class,
        (refusal, context) ->
            RouteRunner.tell(
                refusal.getStatus() == 404
                    ? Problem.notFound("there is no such thing here")
                    : Problem.of(refusal.getStatus(), "the request is malformed"),
                context));
  }

  private static HandlerType type(Method method) {
    return switch (method) {
      case GET -> HandlerType.GET;
      case PUT -> HandlerType.PUT;
      case POST -> HandlerType.POST;
      case PATCH -> HandlerType.PATCH;
      case DELETE -> HandlerType.DELETE;
    };
  }

  private static void add(
      JavalinConfig config, HandlerType method, Route route, RouteRunner runner) {
    config.routes.addEndpoint(
        new Endpoint(method, route.path(), context -> runner.run(route, context)));
  }

  private static void configure(HttpConfiguration http) {
    http.setUriCompliance(UriCompliance.DEFAULT);
    http.setSendServerVersion(false);
    http.setSendXPoweredBy(false);
  }

  private void configure(Server server, List<Route> routes) {
    server.setErrorHandler(new ProblemWriter());
    List<Route> streamed = routes.stream().filter(Route::streamsBody).toList();
    server.insertHandler(new Gate(names, tls.isPresent(), LONGEST_BODY, streamed, heads(server)));
    server.setRequestLog(WebServer::log);
    server.setStopTimeout(STOP.toMillis());
    var _ = server.addBean(new NetworkConnectionLimit(MOST_CONNECTIONS, server));
  }

  private ServerConnector connector(Server server, HttpConfiguration http) {
    ServerConnector connector =
        new ServerConnector(server, factories(http)) {
          @Override
          protected SocketChannelEndPoint newEndPoint(
              SocketChannel channel, ManagedSelector selector, SelectionKey key) {
            PacedEndPoint end = new PacedEndPoint(channel, selector, key, getScheduler(), pace);
            end.setIdleTimeout(getIdleTimeout());
            return end;
          }
        };
    connector.setIdleTimeout(IDLE.toMillis());
    connector.setShutdownIdleTimeout(IDLE_AT_STOP.toMillis());
    var _ = connector.addEventListener(heads(server));
    try {
      connector.open(socket);
    } catch (IOException unusable) {
      throw new UncheckedIOException(unusable);
    }
    return connector;
  }

  /** The same for all that the server is made of. */
  private HeadDeadline heads(Server server) {
    HeadDeadline known = heads == null ? new HeadDeadline(server.getScheduler(), patience) : heads;
    heads = known;
    return known;
  }

  private ConnectionFactory[] factories(HttpConfiguration http) {
    HttpConnectionFactory plain = new HttpConnectionFactory(http);
    if (tls.isEmpty()) {
      return new ConnectionFactory[] {plain};
    }
    // Which names are ours is looked at later, for HTTP and HTTPS alike.
    http.addCustomizer(new SecureRequestCustomizer(false));
    SslContextFactory.Server contexts = new SslContextFactory.Server();
    contexts.setSslContext(tls.get());
    return new ConnectionFactory[] {new SslConnectionFactory(contexts, plain.getProtocol()), plain};
  }

  /** Method and path: neither query, headers nor body, for there the secrets are. */
  private static void log(Request request, Response response) {
    int status = response.getStatus();
    String method = request.getMethod();
    String path = request.getHttpURI().getPath();
    long millis = (System.nanoTime() - request.getBeginNanoTime()) / 1_000_000;
    boolean reads = "GET".equals(method) || "HEAD".equals(method);
    Level level = status >= 500 ? Level.WARN : reads ? Level.DEBUG : Level.INFO;
    try (MDC.MDCCloseable _ = MDC.putCloseable(RequestId.IN_LOG, RequestId.of(request))) {
      LOG.atLevel(level)
          .addKeyValue("method", method)
          .addKeyValue("path", path)
          .addKeyValue("status", status)
          .addKeyValue("millis", millis)
          .addKeyValue("address", Request.getRemoteAddr(request))
          .log("{} {} {} {} ms", method, path, status, millis);
    }
  }

  /** Ends the event streams, lets answers under way come to their end for a moment, and stops. */
  public void stop() {
    if (streams != null) {
      streams.close();
    }
    Javalin running = javalin;
    if (running != null) {
      javalin = null;
      var _ = running.stop();
    }
  }

  /** Stops, and gives the address back. */
  @Override
  public void close() throws IOException {
    stop();
    socket.close();
  }
}
