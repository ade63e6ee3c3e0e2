package io.tapdeck.web.page;

import io.tapdeck.web.http.Call;
import io.tapdeck.web.http.Role;
import io.tapdeck.web.http.Route;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The page's files, read once at start: {@code index.html} at {@code /}, the others at {@code
 * /assets/...}. Each is a route of its own, so that no path of a request ever becomes a file's
 * name. A file of another kind than those known here is not served.
 */
public final class Page {
  private static final String INDEX = "index.html";
  private static final Pattern NAME =
      Pattern.compile("(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*");
  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "mjs", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "json", "application/json",
          "svg", "image/svg+xml",
          "png", "image/png",
          "ico", "image/x-icon",
          "woff2", "font/woff2",
          "txt", "text/plain; charset=utf-8");
  private static final byte[] MISSING =
      "<!doctype html><html lang=\"en\"><title>Tapdeck</title><p>This build has no page."
          .getBytes(StandardCharsets.UTF_8);

  private final Map<String, byte[]> files;

  private Page(Map<String, byte[]> files) {
    this.files = files;
  }

  /** The page that comes with the program. */
  public static Page load() throws IOException {
    URL index = Page.class.getResource(INDEX);
    if (index == null) {
      return new Page(Map.of(INDEX, MISSING));
    }
    try {
      URI location = index.toURI();
      if (location.getScheme().equals("jar")) {
        try (FileSystem jar = FileSystems.newFileSystem(location, Map.of())) {
          return load(parent(jar.provider().getPath(location)));
        }
      }
      return load(parent(Path.of(location)));
    } catch (URISyntaxException malformed) {
      throw new IOException("cannot read the page at " + index, malformed);
    }
  }

  private static Path parent(Path index) {
    Path parent = index.getParent();
    return parent == null ? index : parent;
  }

  /** The page in a directory. Links in it are not followed. */
  static Page load(Path directory) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        String name = directory.relativize(path).toString();
        if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
            && NAME.matcher(name).matches()
            && type(name).isPresent()) {
          files.put(name, Files.readAllBytes(path));
        }
      }
    }
    return new Page(files);
  }

  private static Optional<String> type(String name) {
    return Optional.ofNullable(TYPES.get(name.substring(name.lastIndexOf('.') + 1)));
  }

  /** A route for each file. */
  public List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    files.forEach((name, content) -> {
      String path = name.equals(INDEX) ? "/" : "/assets/" + name;
      String type = type(name).orElseThrow();
      String tag = tag(content);
      routes.add(Route.get(path, Role.NOBODY, "The page", call -> send(call, type, tag, content)));
    });
    return List.copyOf(routes);
  }

  private static void send(Call call, String type, String tag, byte[] content) {
    call.header("Cache-Control", "no-cache");
    call.header("ETag", tag);
    boolean known =
        call.header("If-None-Match").stream()
            .flatMap(tags -> Arrays.stream(tags.split(",", -1)))
            .map(one -> one.strip().replaceFirst("^W/", ""))
            .anyMatch(one -> one.equals(tag) || one.equals("*"));
    if (known) {
      call.none(304);
    } else {
      call.bytes(200, type, content);
    }
  }

  private static String tag(byte[] content) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
      return "\"" + HexFormat.of().formatHex(hash, 0, 16) + "\"";
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException(missing);
    }
  }
}
