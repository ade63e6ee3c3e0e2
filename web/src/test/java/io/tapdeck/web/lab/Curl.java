package io.tapdeck.web.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** An appliance's API as a shell script calls it: with curl and an API token. */
final class Curl {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The status comes after the body, on a line of its own. */
  private static final String STATUS = "\n%{http_code}";

  private final String address;
  private final Path token;

  /**
   * @param directory for the file with the token, which others could read among the arguments
   */
  Curl(String address, String secret, Path directory) throws IOException {
    this.address = address + "/api/v1";
    this.token =
        Files.writeString(directory.resolve("token"), "Authorization: Bearer " + secret + "\n");
  }

  JsonNode get(String path) {
    return json(answer(200, path));
  }

  JsonNode put(String path, String body) {
    return json(answer(201, path, "-X", "PUT", "-H", "Content-Type: application/json", "-d", body));
  }

  JsonNode post(String path) {
    return json(
        answer(200, path, "-X", "POST", "-H", "Content-Type: application/json", "-d", "{}"));
  }

  void delete(String path) {
    answer(204, path, "-X", "DELETE", "-H", "Content-Type: application/json", "-d", "{}");
    answer(404, path);
  }

  /** Saves a file under the name that the appliance gives it. */
  Path download(String path, Path into) {
    Command.Result saved =
        run(path, "-OJ", "--output-dir", into.toString(), "-w", "%{filename_effective}");
    return into.resolve(Path.of(saved.out()).getFileName());
  }

  /** The lines of a stream of events until the appliance ends it. */
  List<String> events(String path) {
    return run(path, "-N").lines();
  }

  private String answer(int status, String path, String... options) {
    List<String> words = new ArrayList<>(List.of(options));
    words.addAll(List.of("-w", STATUS));
    String out = run(path, words.toArray(String[]::new)).out();
    int end = out.lastIndexOf('\n');
    assertThat(out.substring(end + 1)).as(path + ": " + out).isEqualTo("" + status);
    return out.substring(0, end);
  }

  private Command.Result run(String path, String... options) {
    List<String> words = new ArrayList<>(List.of("curl", "-sS", "-H", "@" + token));
    words.addAll(List.of(options));
    words.add(address + path);
    return Command.run(Map.of(), words);
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(text, e);
    }
  }
}
