package io.tapdeck.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.web.http.Caller;
import io.tapdeck.web.http.Callers;
import io.tapdeck.web.http.Credential;
import io.tapdeck.web.http.ListenAddress;
import io.tapdeck.web.http.RawHttp;
import io.tapdeck.web.http.RawHttp.Answer;
import io.tapdeck.web.http.Route;
import io.tapdeck.web.http.WebServer;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageTest {
  private static final Callers NOBODY =
      new Callers() {
        @Override
        public Optional<Caller> find(Credential credential) {
          return Optional.empty();
        }

        @Override
        public Optional<Caller> peek(Credential credential) {
          return Optional.empty();
        }

        @Override
        public void whenRevoked(Runnable told) {}
      };

  @TempDir private Path outside;

  @SuppressWarnings("NullAway.Init") // made before each test
  private Page page;

  @SuppressWarnings("NullAway.Init") // made before each test
  private WebServer server;

  @SuppressWarnings("NullAway.Init") // made before each test
  private RawHttp http;

  @SuppressWarnings("NullAway.Init") // JUnit sets the directory
  PageTest() {}

  @BeforeEach
  void start() throws IOException {
    Path files = Files.createDirectories(outside.resolve("page"));
    Path vendor = Files.createDirectories(files.resolve("vendor/chart"));
    write(files.resolve("index.html"), "<!doctype html>");
    write(files.resolve("app.js"), "export {};");
    write(vendor.resolve("chart.css"), "a{}");
    write(files.resolve(".hidden.js"), "hidden");
    write(files.resolve("Page.class"), "bytes");
    write(files.resolve("odd name.js"), "odd");
    write(outside.resolve("secret.js"), "secret");
    Files.createSymbolicLink(files.resolve("link.js"), outside.resolve("secret.js"));
    Files.createSymbolicLink(files.resolve("up"), outside);
    page = Page.load(files);
    server = WebServer.bind(ListenAddress.parse("127.0.0.1:0"));
    server.serve(List.of(), page.routes(), NOBODY, action -> {});
    http = new RawHttp(URI.create(server.url()));
  }

  private static void write(Path file, String content) throws IOException {
    assertThat(Files.writeString(file, content)).exists();
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  @Test
  void onlyPlainFilesOfKnownKindsAreServed() {
    assertThat(page.routes())
        .extracting(Route::path)
        .containsExactlyInAnyOrder("/", "/assets/app.js", "/assets/vendor/chart/chart.css");
  }

  @Test
  void filesAreServedAsWhatTheyAre() throws Exception {
    Answer index = http.send("GET / HTTP/1.1");
    assertThat(index.status()).isEqualTo(200);
    assertThat(index.body()).isEqualTo("<!doctype html>");
    assertThat(index.header("content-type")).isEqualToIgnoringWhitespace("text/html;charset=utf-8");
    Answer script = http.send("GET /assets/app.js HTTP/1.1");
    assertThat(script.header("content-type"))
        .isEqualToIgnoringWhitespace("text/javascript;charset=utf-8");
    Answer style = http.send("GET /assets/vendor/chart/chart.css?v=1 HTTP/1.1");
    assertThat(style.body()).isEqualTo("a{}");
    assertThat(style.header("content-type")).isEqualToIgnoringWhitespace("text/css;charset=utf-8");
  }

  @Test
  void aBrowserAsksAgainAndIsToldThatNothingChanged() throws Exception {
    Answer first = http.send("GET /assets/app.js HTTP/1.1");
    assertThat(first.header("cache-control")).isEqualTo("no-cache");
    String tag = first.header("etag");
    assertThat(tag).matches("\"[0-9a-f]{32}\"");
    for (String known : List.of(tag, "W/" + tag, "\"other\", " + tag)) {
      Answer again = http.send("GET /assets/app.js HTTP/1.1", "If-None-Match: " + known);
      assertThat(again.status()).isEqualTo(304);
      assertThat(again.body()).isEmpty();
      assertThat(again.header("etag")).isEqualTo(tag);
      assertThat(again.header("content-security-policy")).startsWith("default-src 'none'");
    }
    assertThat(http.send("GET /assets/app.js HTTP/1.1", "If-None-Match: \"other\"").status())
        .isEqualTo(200);
    assertThat(http.send("GET / HTTP/1.1").header("etag")).isNotEqualTo(tag);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/assets/../secret.js",
        "/assets/../../secret.js",
        "/../secret.js",
        "/assets/%2e%2e/secret.js",
        "/assets/..%2fsecret.js",
        "/assets/%2e%2e%2fsecret.js",
        "/assets/%252e%252e%252fsecret.js",
        "/assets/%252e%252e/secret.js",
        "/assets/..%252fsecret.js",
        "/assets/..%c0%afsecret.js",
        "/assets/..\\secret.js",
        "/assets/..%5csecret.js",
        "/assets/%2e%2e%5csecret.js",
        "/assets//etc/passwd",
        "/assets/%2fetc%2fpasswd",
        "/assets//app.js",
        "//assets/app.js",
        "/etc/passwd",
        "//etc/passwd",
        "/assets/file:///etc/passwd",
        "/assets/app.js%00",
        "/assets/app.js%00.css",
        "/assets/%00",
        "/assets/link.js",
        "/assets/up/secret.js",
        "/assets/up/page/app.js",
        "/assets/.hidden.js",
        "/assets/Page.class",
        "/assets/odd%20name.js",
        "/assets/",
        "/assets",
        "/assets/vendor",
        "/assets/vendor/chart/",
        "/assets/app.js/",
        "/assets/APP.JS",
        "/assets/./app.js/.",
        "/assets/app.js;.css",
        "/assets/index.html",
        "/index.html",
        "/app.js",
        "/WEB-INF/web.xml",
        "/META-INF/MANIFEST.MF",
      })
  void noOtherPathLeadsToAFile(String path) throws Exception {
    Answer answer = http.send("GET " + path + " HTTP/1.1");
    assertThat(answer.status()).isIn(400, 404);
    assertThat(answer.body()).doesNotContain("secret", "hidden", "bytes", "root:", "java");
    assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
    assertThat(answer.header("content-security-policy")).startsWith("default-src 'none'");
  }

  @Test
  void thePageThatComesWithTheProgramHasItsIndex() throws Exception {
    assertThat(Page.load().routes()).extracting(Route::path).contains("/");
  }

  @Test
  void aPageInAnArchiveIsReadToo() throws Exception {
    URI archive = archiveOf(outside.resolve("page.jar"));
    try (FileSystem jar = FileSystems.newFileSystem(archive, Map.of("create", "true"))) {
      Path directory = Files.createDirectories(jar.getPath("io", "page", "sub"));
      write(directory.resolve("a.js"), "a");
      write(jar.getPath("io", "page", "index.html"), "i");
      assertThat(Page.load(jar.getPath("io", "page")).routes())
          .extracting(Route::path)
          .containsExactlyInAnyOrder("/", "/assets/sub/a.js");
    }
  }

  private static URI archiveOf(Path file) throws URISyntaxException {
    return new URI("jar", file.toUri().toString(), null);
  }
}
