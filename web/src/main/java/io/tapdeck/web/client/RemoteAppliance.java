package io.tapdeck.web.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** The API of one appliance, with one API token. For one thread. */
public final class RemoteAppliance implements AutoCloseable {
  private static final String API = "/api/v1";
  private static final Duration CONNECT = Duration.ofSeconds(10);

  /** An appliance itself waits for less before it answers. */
  private static final Duration ANSWER = Duration.ofSeconds(60);

  /** Longer than any answer but a file. */
  private static final int LONGEST = 32 << 20;

  private static final int DEEPEST = 32;
  private static final int UNAVAILABLE = 503;
  private static final ObjectMapper MAPPER = mapper();

  private final URI address;
  private final String token;
  private final HttpClient client;

  /**
   * @param address such as {@code https://deck.example:8443}, without a path
   * @param token the secret of an API token
   * @param trust which server is believed to be it; empty for those that this machine trusts
   */
  public RemoteAppliance(URI address, String token, Optional<SSLContext> trust) {
    this.address = address;
    this.token = token;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT);
    trust.ifPresent(builder::sslContext);
    client = builder.build();
  }

  private static ObjectMapper mapper() {
    ObjectMapper mapper = JsonMapper.builder().build();
    mapper
        .getFactory()
        .setStreamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build());
    return mapper;
  }

  /**
   * Reads.
   *
   * @param path under the API, such as {@code /recordings}; of characters that need no escape
   */
  public JsonNode get(String path) throws IOException, ApplianceRefusal, InterruptedException {
    return ask("GET", path, null);
  }

  /** Has something done, and gives what was answered. */
  public JsonNode send(String method, String path, JsonNode body)
      throws IOException, ApplianceRefusal, InterruptedException {
    return ask(method, path, body);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(address.resolve(API + path))
        .timeout(ANSWER)
        .header("Authorization", "Bearer " + token);
  }

  private JsonNode ask(String method, String path, @Nullable JsonNode body)
      throws IOException, ApplianceRefusal, InterruptedException {
    HttpRequest.Builder request = request(path).header("Accept", "application/json");
    if (body == null) {
      request.method(method, BodyPublishers.noBody());
    } else {
      request
          .header("Content-Type", "application/json")
          .method(method, BodyPublishers.ofByteArray(MAPPER.writeValueAsBytes(body)));
    }
    HttpResponse<byte[]> answer =
        await(request.build(), BodyHandlers.limiting(BodyHandlers.ofByteArray(), LONGEST));
    checkStatus(answer, answer.body());
    return answer.body().length == 0 ? MAPPER.missingNode() : parse(answer.body());
  }

  private JsonNode parse(byte[] body) throws IOException {
    try {
      return MAPPER.readTree(body);
    } catch (JsonProcessingException none) {
      throw new IOException("what is at " + address + " is no appliance: it speaks no JSON", none);
    }
  }

  /** Sends, and waits for all of the answer, or its beginning if that is a stream. */
  private <T> HttpResponse<T> await(HttpRequest request, BodyHandler<T> handler)
      throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<T>> answer = client.sendAsync(request, handler);
    try {
      return answer.get(ANSWER.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException late) {
      answer.cancel(true);
      throw new IOException(
          address + " has not answered in time: look whether it was done before you try again",
          late);
    } catch (ExecutionException failed) {
      throw failure(failed.getCause());
    } catch (InterruptedException ending) {
      answer.cancel(true);
      throw ending;
    }
  }

  private IOException failure(@Nullable Throwable why) {
    Throwable cause = why == null ? new IOException("it failed") : why;
    for (Throwable each = cause; each != null; each = each.getCause()) {
      if (each instanceof CertificateException || each instanceof SSLException) {
        return new ApplianceAwayException(untrusted(cause), cause);
      }
      if (each instanceof ConnectException
          || each instanceof HttpConnectTimeoutException
          || each instanceof UnresolvedAddressException) {
        return new ApplianceAwayException(
            address + " does not answer: is it the right address, and is the appliance running?",
            cause);
      }
    }
    return new IOException(
        "the connection to "
            + address
            + " broke off: look whether it was done before you try again"
            + (cause.getMessage() == null ? "" : " (" + cause.getMessage() + ")"),
        cause);
  }

  private String untrusted(Throwable cause) {
    Throwable deepest = cause;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    String words = String.valueOf(deepest.getMessage());
    return words.contains("fingerprint")
        ? address + ": " + words
        : address
            + " is not trusted: "
            + words
            + "; give --ca FILE with who vouches for it, or --fingerprint as 'tapdeck serve'"
            + " printed it";
  }

  private void checkStatus(HttpResponse<?> answer, byte[] body)
      throws IOException, ApplianceRefusal {
    int status = answer.statusCode();
    if (status >= 200 && status < 300) {
      return;
    }
    String detail = "";
    try {
      JsonNode problem = MAPPER.readTree(body);
      detail = problem.path("commandLine").asText(problem.path("detail").asText());
    } catch (IOException none) {
      // It is not of ours; its status says enough.
    }
    String words = detail.isEmpty() ? address + " answered with status " + status : detail;
    boolean isForLater =
        status == UNAVAILABLE && answer.headers().firstValue("Retry-After").isPresent();
    if ((status >= 400 && status < 500) || isForLater) {
      throw new ApplianceRefusal(status, words);
    }
    throw new IOException(words);
  }

  /**
   * Receives a file, whole.
   *
   * @return its length
   * @throws IOException if it does not come to its end; part of it may have been written then
   */
  public long download(String path, OutputStream to)
      throws IOException, ApplianceRefusal, InterruptedException {
    HttpResponse<InputStream> answer =
        await(request(path).GET().build(), BodyHandlers.ofInputStream());
    try (InputStream body = answer.body()) {
      if (answer.statusCode() != 200) {
        checkStatus(answer, body.readNBytes(LONGEST));
        throw new IOException(address + " answered with status " + answer.statusCode());
      }
      long promised =
          answer
              .headers()
              .firstValueAsLong("Content-Length")
              .orElseThrow(() -> new IOException(address + " does not say how long the file is"));
      long length = new WatchedCopy(body, to, ANSWER).run();
      if (length != promised) {
        throw new IOException("of %d bytes only %d came".formatted(promised, length));
      }
      return length;
    }
  }

  /**
   * Sends a file, whole, and gives what was answered. It takes as long as it goes on.
   *
   * @param path under the API; of characters that need no escape
   * @param sent is told how many bytes of it are on their way
   * @throws ApplianceRefusal if it is not taken in
   * @throws IOException if it breaks off, or nothing moves any more
   */
  public JsonNode upload(String path, Path file, LongConsumer sent)
      throws IOException, ApplianceRefusal, InterruptedException {
    SentFile body = new SentFile(file, sent);
    HttpRequest request =
        HttpRequest.newBuilder(address.resolve(API + path))
            .header("Authorization", "Bearer " + token)
            .header("Accept", "application/json")
            .header("Content-Type", "application/octet-stream")
            // So that what is refused is not sent first.
            .expectContinue(true)
            .PUT(body.publisher())
            .build();
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), LONGEST));
    try {
      HttpResponse<byte[]> come = await(answer, body);
      checkStatus(come, come.body());
      return parse(come.body());
    } catch (ExecutionException failed) {
      throw failure(failed.getCause());
    } finally {
      answer.cancel(true);
    }
  }

  /** Waits for an answer as long as the body moves. */
  private <T> HttpResponse<T> await(CompletableFuture<HttpResponse<T>> answer, SentFile body)
      throws IOException, InterruptedException, ExecutionException {
    for (long before = -1; body.sent() != before; ) {
      before = body.sent();
      try {
        return answer.get(ANSWER.toSeconds(), TimeUnit.SECONDS);
      } catch (TimeoutException late) {
        // It goes on as long as something has been sent meanwhile.
      }
    }
    throw new IOException(
        address + " takes no more of the file: look whether it is there before you try again");
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
